-- given_* is the wall clock as it was said, local_* as the zone's clock shows it, *_at the instant in UTC; the latter
-- two are derived by the zone data of tz_version. An event of whole days runs from midnight to midnight.
CREATE TABLE events (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  case_id TEXT NOT NULL,
  uid TEXT NOT NULL CHECK (uid <> ''),
  sequence BIGINT NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('HEARING', 'MEDIATION', 'DEPOSITION', 'MEETING', 'CLIENT_DEADLINE',
                                     'COURT_DEADLINE_INTERNAL', 'FIRM_REMINDER')),
  status TEXT NOT NULL CHECK (status IN ('TO_BE_SET', 'TENTATIVE', 'CONFIRMED', 'CANCELLED', 'HELD')),
  is_all_day BOOLEAN NOT NULL,
  given_start TIMESTAMP,
  given_end TIMESTAMP,
  start_overlap TEXT NOT NULL CHECK (start_overlap IN ('EARLIER', 'LATER')),
  end_overlap TEXT NOT NULL CHECK (end_overlap IN ('EARLIER', 'LATER')),
  local_start TIMESTAMP,
  local_end TIMESTAMP,
  starts_at TIMESTAMP,
  ends_at TIMESTAMP,
  -- starts_at, or the end of time where there is none, so that an order has no NULL.
  sorts_at TIMESTAMP NOT NULL,
  time_zone TEXT NOT NULL,
  tz_version TEXT NOT NULL,
  was_in_gap BOOLEAN NOT NULL,
  place TEXT,
  room TEXT,
  remote_url TEXT,
  dial_in TEXT,
  internal_title TEXT NOT NULL,
  prep_notes TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, uid),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  CHECK (status <> 'TO_BE_SET' OR starts_at IS NULL),
  CHECK (status IN ('TO_BE_SET', 'CANCELLED') OR starts_at IS NOT NULL),
  CHECK ((starts_at IS NULL) = (local_start IS NULL)),
  CHECK ((starts_at IS NULL) = (given_start IS NULL)),
  CHECK ((ends_at IS NULL) = (local_end IS NULL)),
  CHECK ((ends_at IS NULL) = (given_end IS NULL)),
  CHECK (starts_at IS NULL OR sorts_at = starts_at),
  CHECK (ends_at IS NULL OR starts_at IS NOT NULL AND starts_at <= ends_at),
  CHECK (NOT is_all_day OR ends_at IS NOT NULL)
);
CREATE INDEX events_of_case ON events (firm_id, case_id, sorts_at, id);
CREATE INDEX events_by_start ON events (firm_id, sorts_at, id);

CREATE TABLE event_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  event_id TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('CLIENTS', 'NAMED')),
  released_from TIMESTAMP NOT NULL,
  released_until TIMESTAMP NOT NULL,
  expires_at TIMESTAMP,
  withdrawn_at TIMESTAMP,
  dropped_at TIMESTAMP,
  approved_by TEXT NOT NULL,
  approved_at TIMESTAMP NOT NULL,
  -- Why one of the joint clients does not read it.
  withheld_reason TEXT CHECK (withheld_reason <> ''),
  title TEXT NOT NULL CHECK (title <> ''),
  bring TEXT,
  you_should_attend BOOLEAN NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED')
);
CREATE INDEX event_releases_of_event ON event_releases (firm_id, event_id, released_from, released_until);
CREATE INDEX event_releases_by_approver ON event_releases (firm_id, approved_by);

CREATE TABLE event_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES event_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX event_release_audiences_of_participant ON event_release_audiences (firm_id, participant_id);

CREATE TABLE event_attendees (
  firm_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, event_id, person_id),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id)
);
CREATE INDEX event_attendees_of_person ON event_attendees (firm_id, person_id);

-- What was changed, once and for all; position is the event's sequence from then on. An event of whole days has days
-- and no instants here.
CREATE TABLE event_changes (
  firm_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  position BIGINT NOT NULL CHECK (position > 0),
  at TIMESTAMP NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  old_status TEXT NOT NULL CHECK (old_status IN ('TO_BE_SET', 'TENTATIVE', 'CONFIRMED', 'CANCELLED', 'HELD')),
  new_status TEXT NOT NULL CHECK (new_status IN ('TO_BE_SET', 'TENTATIVE', 'CONFIRMED', 'CANCELLED', 'HELD')),
  old_day DATE,
  new_day DATE,
  old_starts_at TIMESTAMP,
  new_starts_at TIMESTAMP,
  old_local_start TIMESTAMP,
  new_local_start TIMESTAMP,
  old_ends_at TIMESTAMP,
  new_ends_at TIMESTAMP,
  old_place TEXT,
  new_place TEXT,
  old_room TEXT,
  new_room TEXT,
  PRIMARY KEY (firm_id, event_id, position),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id),
  CHECK ((old_starts_at IS NULL) = (old_local_start IS NULL)),
  CHECK ((new_starts_at IS NULL) = (new_local_start IS NULL))
);

-- What an import read: it waits here until staff confirm it, and nobody outside ever reads it.
CREATE TABLE proposed_event_changes (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  event_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('WAITING', 'CONFIRMED', 'DISMISSED')),
  source TEXT NOT NULL,
  proposed_at TIMESTAMP NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  new_status TEXT NOT NULL CHECK (new_status IN ('TO_BE_SET', 'TENTATIVE', 'CONFIRMED', 'CANCELLED')),
  is_all_day BOOLEAN NOT NULL,
  given_start TIMESTAMP,
  given_end TIMESTAMP,
  start_overlap TEXT NOT NULL CHECK (start_overlap IN ('EARLIER', 'LATER')),
  end_overlap TEXT NOT NULL CHECK (end_overlap IN ('EARLIER', 'LATER')),
  time_zone TEXT NOT NULL,
  place TEXT,
  room TEXT,
  decided_by TEXT,
  decided_at TIMESTAMP,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id),
  FOREIGN KEY (firm_id, decided_by) REFERENCES people (firm_id, id),
  CHECK ((state = 'WAITING') = (decided_by IS NULL)),
  CHECK ((state = 'WAITING') = (decided_at IS NULL)),
  CHECK (new_status = 'TO_BE_SET' AND given_start IS NULL OR new_status = 'CANCELLED' OR given_start IS NOT NULL),
  CHECK (given_end IS NULL OR given_start IS NOT NULL)
);
CREATE INDEX proposed_event_changes_of_event ON proposed_event_changes (firm_id, event_id, proposed_at, id);
CREATE INDEX proposed_event_changes_by_decider ON proposed_event_changes (firm_id, decided_by);

CREATE TABLE milestones (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  case_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  internal_title TEXT NOT NULL,
  internal_notes TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
CREATE INDEX milestones_of_case ON milestones (firm_id, case_id, position, id);

CREATE TABLE milestone_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  milestone_id TEXT NOT NULL,
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
  what_happened TEXT NOT NULL CHECK (what_happened <> ''),
  what_comes_next TEXT,
  occurred_on DATE,
  expected_on DATE,
  expected_precision TEXT CHECK (expected_precision IN ('DAY', 'MONTH', 'QUARTER')),
  progress TEXT NOT NULL CHECK (progress IN ('PLANNED', 'CURRENT', 'DONE', 'SKIPPED')),
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, milestone_id) REFERENCES milestones (firm_id, id),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED'),
  CHECK ((expected_on IS NULL) = (expected_precision IS NULL))
);
CREATE INDEX milestone_releases_of_milestone ON milestone_releases (firm_id, milestone_id, released_from, released_until);
CREATE INDEX milestone_releases_by_approver ON milestone_releases (firm_id, approved_by);

CREATE TABLE milestone_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES milestone_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX milestone_release_audiences_of_participant ON milestone_release_audiences (firm_id, participant_id);

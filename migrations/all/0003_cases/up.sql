CREATE TABLE cases (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  reference TEXT NOT NULL,
  number TEXT NOT NULL,
  internal_title TEXT NOT NULL,
  description TEXT NOT NULL,
  practice_area TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('PENDING', 'OPEN', 'ON_HOLD', 'CLOSED', 'ARCHIVED')),
  court_name TEXT,
  court_docket_number TEXT,
  court_judge TEXT,
  court_time_zone TEXT,
  opened_on DATE,
  closed_on DATE,
  statute_of_limitations_on DATE,
  conflict_notes TEXT NOT NULL,
  settlement_low BIGINT,
  settlement_high BIGINT,
  settlement_currency TEXT,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, reference),
  UNIQUE (firm_id, number),
  CHECK ((court_name IS NULL) = (court_time_zone IS NULL)),
  CHECK (closed_on IS NULL OR opened_on IS NOT NULL AND opened_on <= closed_on),
  CHECK ((settlement_low IS NULL) = (settlement_currency IS NULL)),
  CHECK ((settlement_high IS NULL) = (settlement_currency IS NULL)),
  CHECK (settlement_low <= settlement_high)
);
CREATE INDEX cases_by_opening ON cases (firm_id, opened_on, id);

CREATE TABLE case_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
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
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED')
);
CREATE INDEX case_releases_of_case ON case_releases (firm_id, case_id, released_from, released_until);
CREATE INDEX case_releases_by_approver ON case_releases (firm_id, approved_by);

-- The stages a case went through, in the firm's own words; the last one is where it stands.
CREATE TABLE case_stages (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  stage TEXT NOT NULL,
  entered_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, case_id, position),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);

-- The client's word for a stage of the firm's; a stage that is not here has none.
CREATE TABLE stage_words (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  stage TEXT NOT NULL,
  client_stage TEXT NOT NULL,
  PRIMARY KEY (firm_id, stage)
);

CREATE TABLE case_staff (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  phone TEXT,
  photo_url TEXT,
  is_responsible BOOLEAN NOT NULL,
  PRIMARY KEY (firm_id, case_id, person_id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id)
);
CREATE INDEX case_staff_of_person ON case_staff (firm_id, person_id);
CREATE UNIQUE INDEX case_staff_responsible ON case_staff (firm_id, case_id) WHERE is_responsible;

CREATE TABLE case_risk_flags (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  flag TEXT NOT NULL CHECK (flag IN ('DEADLINE', 'CONFLICT', 'COLLECTION', 'EXPOSURE')),
  PRIMARY KEY (firm_id, case_id, flag),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);

CREATE TABLE adverse_parties (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (firm_id, case_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);

CREATE TABLE participants (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('CLIENT', 'CO_CLIENT', 'AUTHORIZED_CONTACT', 'BILL_PAYER', 'EXPERT', 'CO_COUNSEL')),
  state TEXT NOT NULL CHECK (state IN ('INVITED', 'ACTIVE', 'SUSPENDED', 'ENDED')),
  has_status BOOLEAN NOT NULL,
  has_calendar BOOLEAN NOT NULL,
  has_documents BOOLEAN NOT NULL,
  has_billing BOOLEAN NOT NULL,
  has_messages BOOLEAN NOT NULL,
  active_from TIMESTAMP NOT NULL,
  active_until TIMESTAMP,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id),
  CHECK (active_until IS NULL OR active_from <= active_until),
  CHECK (role <> 'AUTHORIZED_CONTACT' OR has_status AND active_until IS NOT NULL)
);
CREATE INDEX participants_of_case ON participants (firm_id, case_id, person_id, role);
CREATE INDEX participants_of_person ON participants (firm_id, person_id, role);

CREATE TABLE case_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES case_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX case_release_audiences_of_participant ON case_release_audiences (firm_id, participant_id);

CREATE TABLE ethical_walls (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  since TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, case_id, person_id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id)
);
CREATE INDEX ethical_walls_of_person ON ethical_walls (firm_id, person_id);

-- What an expert or co-counsel may read one by one; the item's id carries its type.
CREATE TABLE item_grants (
  firm_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, item_id, participant_id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id),
  FOREIGN KEY (firm_id, granted_by) REFERENCES people (firm_id, id)
);
CREATE INDEX item_grants_of_participant ON item_grants (firm_id, participant_id);
CREATE INDEX item_grants_by_granter ON item_grants (firm_id, granted_by);

-- Whose tokens a firm takes: an issuer's, made for one audience, signed by one of its keys with one of the algorithms.
CREATE TABLE issuers (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  name TEXT NOT NULL CHECK (name <> ''),
  issuer TEXT NOT NULL CHECK (issuer <> ''),
  audience TEXT NOT NULL CHECK (audience <> ''),
  algorithms TEXT NOT NULL CHECK (algorithms <> ''),
  public_keys TEXT,
  keys_url TEXT,
  added_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, name),
  UNIQUE (issuer, audience),
  CHECK ((public_keys IS NULL) <> (keys_url IS NULL))
);

-- Which person an issuer's subject is, bound beforehand; the role is ours, never the token's.
CREATE TABLE issuer_subjects (
  firm_id TEXT NOT NULL,
  issuer_name TEXT NOT NULL,
  subject TEXT NOT NULL CHECK (subject <> ''),
  person_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('CLIENT', 'CO_CLIENT', 'AUTHORIZED_CONTACT', 'BILL_PAYER', 'EXPERT', 'CO_COUNSEL',
                                     'ATTORNEY', 'PARALEGAL', 'BILLING', 'ADMIN', 'AUDITOR')),
  bound_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, issuer_name, subject),
  FOREIGN KEY (firm_id, issuer_name) REFERENCES issuers (firm_id, name),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id)
);
CREATE INDEX issuer_subjects_of_person ON issuer_subjects (firm_id, person_id);

-- Keys of firms' servers, kept as their SHA-256 alone. Each acts as its service's own person, in one role of the staff, on
-- the firm or on the cases that are named; of a service's keys two are live at most, one for each slot.
CREATE TABLE firm_keys (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL,
  service TEXT NOT NULL CHECK (service <> ''),
  person_id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('ATTORNEY', 'PARALEGAL', 'BILLING', 'ADMIN', 'AUDITOR')),
  reach TEXT NOT NULL CHECK (reach IN ('FIRM', 'CASES')),
  slot INTEGER NOT NULL CHECK (slot IN (1, 2)),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP,
  revoked_at TIMESTAMP,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id),
  CHECK (expires_at IS NULL OR created_at < expires_at)
);
CREATE INDEX firm_keys_of_person ON firm_keys (firm_id, person_id);
CREATE UNIQUE INDEX firm_keys_live ON firm_keys (firm_id, service, slot) WHERE revoked_at IS NULL;

CREATE TABLE firm_key_cases (
  firm_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, key_id, case_id),
  FOREIGN KEY (firm_id, key_id) REFERENCES firm_keys (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
CREATE INDEX firm_key_cases_of_case ON firm_key_cases (firm_id, case_id);

CREATE TABLE people (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('STAFF', 'PORTAL')),
  name TEXT NOT NULL CHECK (name <> ''),
  email TEXT NOT NULL,
  staff_role TEXT CHECK (staff_role IN ('ATTORNEY', 'PARALEGAL', 'BILLING', 'ADMIN', 'AUDITOR')),
  is_active BOOLEAN NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, email),
  CHECK ((kind = 'STAFF') = (staff_role IS NOT NULL))
);

-- A token is kept as its SHA-256 alone; a session acts in one role.
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  firm_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('CLIENT', 'CO_CLIENT', 'AUTHORIZED_CONTACT', 'BILL_PAYER', 'EXPERT', 'CO_COUNSEL',
                                     'ATTORNEY', 'PARALEGAL', 'BILLING', 'ADMIN', 'AUDITOR')),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  revoked_at TIMESTAMP,
  FOREIGN KEY (firm_id, person_id) REFERENCES people (firm_id, id),
  CHECK (created_at < expires_at)
);
CREATE INDEX sessions_of_person ON sessions (firm_id, person_id);

-- Documents that fitted a role's schema when they were added; clients of that role ask for one by its hash.
CREATE TABLE trusted_documents (
  role TEXT NOT NULL CHECK (role IN ('ANONYMOUS', 'CLIENT', 'CO_CLIENT', 'AUTHORIZED_CONTACT', 'BILL_PAYER', 'EXPERT',
                                     'CO_COUNSEL', 'ATTORNEY', 'PARALEGAL', 'BILLING', 'ADMIN', 'AUDITOR')),
  hash TEXT NOT NULL CHECK (hash <> ''),
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  added_at TIMESTAMP NOT NULL,
  PRIMARY KEY (role, hash)
);

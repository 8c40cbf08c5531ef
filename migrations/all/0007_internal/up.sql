CREATE TABLE strategy_notes (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  body TEXT NOT NULL,
  author_id TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, author_id) REFERENCES people (firm_id, id)
);
CREATE INDEX strategy_notes_of_case ON strategy_notes (firm_id, case_id, created_at, id);
CREATE INDEX strategy_notes_of_author ON strategy_notes (firm_id, author_id);

-- Letters to and from the other side; an offer's amount is in minor units of its currency.
CREATE TABLE correspondence (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('RECEIVED', 'SENT')),
  counterparty TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sent_at TIMESTAMP NOT NULL,
  offer_amount BIGINT CHECK (offer_amount >= 0),
  offer_currency TEXT CHECK (length(offer_currency) = 3),
  offer_expires_on DATE,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  CHECK ((offer_amount IS NULL) = (offer_currency IS NULL)),
  CHECK (offer_expires_on IS NULL OR offer_amount IS NOT NULL)
);
CREATE INDEX correspondence_of_case ON correspondence (firm_id, case_id, sent_at, id);
CREATE INDEX correspondence_by_time ON correspondence (firm_id, sent_at, id);

CREATE TABLE third_party_records (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('WITNESS', 'EXPERT', 'MEDICAL', 'FINANCIAL', 'OTHER_CLIENT', 'OTHER')),
  subject TEXT NOT NULL,
  received_on DATE NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
CREATE INDEX third_party_records_of_case ON third_party_records (firm_id, case_id, received_on, id);

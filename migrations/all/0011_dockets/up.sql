-- Which case a court's docket became, so that importing it again finds it.
CREATE TABLE dockets (
  firm_id TEXT NOT NULL,
  court TEXT NOT NULL,
  number TEXT NOT NULL,
  case_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, court, number),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
CREATE INDEX dockets_of_case ON dockets (firm_id, case_id);

-- The court's own list, line by line; the key is what a later import finds the line by.
CREATE TABLE docket_entries (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  position BIGINT NOT NULL,
  number TEXT,
  filed_on DATE NOT NULL,
  entered_on DATE,
  text TEXT NOT NULL,
  document_id TEXT,
  PRIMARY KEY (firm_id, case_id, entry_key),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, document_id) REFERENCES documents (firm_id, id)
);
CREATE INDEX docket_entries_in_order ON docket_entries (firm_id, case_id, filed_on, position, entry_key);
CREATE INDEX docket_entries_of_document ON docket_entries (firm_id, document_id);

-- Which event an entry speaks of.
CREATE TABLE docket_events (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, case_id, entry_key, event_id),
  FOREIGN KEY (firm_id, case_id, entry_key) REFERENCES docket_entries (firm_id, case_id, entry_key),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id)
);
CREATE INDEX docket_events_of_event ON docket_events (firm_id, event_id);

-- What a person has to look at before anything of an entry is shared.
CREATE TABLE docket_reviews (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  place TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  restricted_on DATE,
  PRIMARY KEY (firm_id, case_id, place, code, sentence),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);

-- Names in the caption. A party is never a participant.
CREATE TABLE parties (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT,
  remark TEXT,
  ended_on DATE,
  PRIMARY KEY (firm_id, case_id, position),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);

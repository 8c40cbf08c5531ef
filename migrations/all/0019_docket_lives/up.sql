-- By what a later import finds the event that a docket's line began. The event's uid, which calendars and outside roles see,
-- says nothing of it: court and number could be tried out against a digest of them.
CREATE TABLE docket_lives (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  life TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, case_id, life),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, event_id) REFERENCES events (firm_id, id)
);
CREATE INDEX docket_lives_of_event ON docket_lives (firm_id, event_id);

INSERT INTO docket_lives
SELECT firm_id, case_id, substr(uid, 1, length(uid) - length(case_id) - 1), id FROM events
WHERE length(uid) > length(case_id) + 1
  AND uid = substr(uid, 1, length(uid) - length(case_id) - 1) || '@' || case_id;

UPDATE events SET uid = id
WHERE EXISTS (SELECT 1 FROM docket_lives l WHERE l.firm_id = events.firm_id AND l.event_id = events.id);

-- What a docket's head said when it was read last, as a digest.
CREATE TABLE docket_heads (
  firm_id TEXT NOT NULL,
  court TEXT NOT NULL,
  number TEXT NOT NULL,
  head TEXT NOT NULL,
  PRIMARY KEY (firm_id, court, number),
  FOREIGN KEY (firm_id, court, number) REFERENCES dockets (firm_id, court, number)
);

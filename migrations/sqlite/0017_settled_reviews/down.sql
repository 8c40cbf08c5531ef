CREATE TABLE reviews_of_places (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  place TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  restricted_on DATE,
  PRIMARY KEY (firm_id, case_id, place, code, sentence),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
INSERT INTO reviews_of_places (firm_id, case_id, place, code, sentence, restricted_on)
SELECT firm_id, case_id, place, code, sentence, min(restricted_on) FROM docket_reviews
GROUP BY firm_id, case_id, place, code, sentence;
DROP TABLE docket_reviews;
ALTER TABLE reviews_of_places RENAME TO docket_reviews;

CREATE TRIGGER docket_reviews_spell_times_on_insert BEFORE INSERT ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_reviews_spell_times_on_update BEFORE UPDATE OF restricted_on ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

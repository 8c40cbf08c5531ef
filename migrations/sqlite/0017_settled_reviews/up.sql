-- A review says which line it is about, so that the line's paper waits for it, and who settled it. Where one number stands
-- on several lines, each of them waits.
CREATE TABLE reviews_of_lines (
  firm_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  place TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  restricted_on DATE,
  entry_key TEXT NOT NULL,
  settled_by TEXT,
  settled_at TIMESTAMP,
  PRIMARY KEY (firm_id, case_id, place, code, sentence, entry_key),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, settled_by) REFERENCES people (firm_id, id),
  CHECK ((settled_by IS NULL) = (settled_at IS NULL))
);
INSERT INTO reviews_of_lines (firm_id, case_id, place, code, sentence, restricted_on, entry_key)
SELECT r.firm_id, r.case_id, r.place, r.code, r.sentence, r.restricted_on, coalesce(e.entry_key, '')
FROM docket_reviews r
LEFT JOIN docket_entries e ON e.firm_id = r.firm_id AND e.case_id = r.case_id
  AND r.place IN ('entry ' || e.number, 'row ' || e.position);
DROP TABLE docket_reviews;
ALTER TABLE reviews_of_lines RENAME TO docket_reviews;
CREATE INDEX docket_reviews_of_line ON docket_reviews (firm_id, case_id, entry_key);
CREATE INDEX docket_reviews_of_settler ON docket_reviews (firm_id, settled_by);

CREATE TRIGGER docket_reviews_spell_times_on_insert BEFORE INSERT ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
  OR NEW.settled_at IS NOT datetime(substr(NEW.settled_at, 1, 19), '+0 days') || substr(NEW.settled_at, 20) OR substr(NEW.settled_at, 20) GLOB '[^.]*' OR substr(NEW.settled_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_reviews_spell_times_on_update BEFORE UPDATE OF restricted_on, settled_at ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
  OR NEW.settled_at IS NOT datetime(substr(NEW.settled_at, 1, 19), '+0 days') || substr(NEW.settled_at, 20) OR substr(NEW.settled_at, 20) GLOB '[^.]*' OR substr(NEW.settled_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

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

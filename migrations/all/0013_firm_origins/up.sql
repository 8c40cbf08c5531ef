-- The origins of a firm's own pages, as browsers send them: compared exactly.
CREATE TABLE firm_origins (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  origin TEXT NOT NULL CHECK (origin LIKE 'http%://%' AND origin = lower(origin)),
  PRIMARY KEY (firm_id, origin)
);

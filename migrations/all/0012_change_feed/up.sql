-- What is written of a case, a person or a firm as a whole is counted here, so that who waits for news learns of it,
-- and so that a node that missed a notification can tell what it missed.
CREATE TABLE change_feed (
  firm_id TEXT NOT NULL REFERENCES firms (id),
  subject_id TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  PRIMARY KEY (firm_id, subject_id)
);

CREATE TABLE documents (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('PLEADING', 'MOTION', 'BRIEF', 'ORDER', 'JUDGMENT', 'NOTICE', 'DISCOVERY', 'EXHIBIT',
                                     'TRANSCRIPT', 'CONTRACT', 'LETTER', 'REPORT', 'INVOICE', 'OTHER')),
  origin TEXT NOT NULL CHECK (origin IN ('FIRM', 'COURT', 'CLIENT', 'OPPOSING', 'THIRD_PARTY', 'EXPERT', 'UNKNOWN')),
  legal_title TEXT,
  filing_status TEXT NOT NULL CHECK (filing_status IN ('DRAFT', 'FINAL', 'SIGNED', 'SERVED', 'SUBMITTED', 'FILED', 'ENTERED',
                                                       'REJECTED', 'WITHDRAWN')),
  filed_on DATE,
  delivered_on DATE,
  court_entry TEXT,
  sealed TEXT NOT NULL CHECK (sealed IN ('NONE', 'SEALED', 'RESTRICTED_UNTIL')),
  -- The day that the court named, and the instant at which that day begins by the court's clock.
  restricted_on DATE,
  restricted_until TIMESTAMP,
  protective TEXT NOT NULL CHECK (protective IN ('NONE', 'CONFIDENTIAL', 'ATTORNEYS_EYES_ONLY')),
  privilege TEXT CHECK (privilege IN ('ATTORNEY_CLIENT', 'WORK_PRODUCT', 'COMMON_INTEREST')),
  file_name TEXT NOT NULL,
  folder TEXT NOT NULL,
  review_notes TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  CHECK (filing_status NOT IN ('FILED', 'ENTERED') OR filed_on IS NOT NULL),
  CHECK ((sealed = 'RESTRICTED_UNTIL') = (restricted_on IS NOT NULL)),
  CHECK ((restricted_on IS NULL) = (restricted_until IS NULL))
);
CREATE INDEX documents_of_case ON documents (firm_id, case_id, filed_on, id);

-- The files that a document was; the release that shares it pins one of them.
CREATE TABLE document_versions (
  firm_id TEXT NOT NULL,
  document_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  media_type TEXT NOT NULL,
  -- GraphQL's Int ends at 2147483647.
  size_bytes BIGINT NOT NULL CHECK (size_bytes BETWEEN 0 AND 2147483647),
  page_count INTEGER CHECK (page_count > 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  added_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, document_id, number),
  FOREIGN KEY (firm_id, document_id) REFERENCES documents (firm_id, id)
);

-- What an attorney decided against a gate, and why.
CREATE TABLE document_overrides (
  firm_id TEXT NOT NULL,
  document_id TEXT NOT NULL,
  gate TEXT NOT NULL CHECK (gate IN ('SEALED', 'ORIGIN')),
  attorney_id TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  made_at TIMESTAMP NOT NULL,
  PRIMARY KEY (firm_id, document_id, gate),
  FOREIGN KEY (firm_id, document_id) REFERENCES documents (firm_id, id),
  FOREIGN KEY (firm_id, attorney_id) REFERENCES people (firm_id, id)
);
CREATE INDEX document_overrides_by_attorney ON document_overrides (firm_id, attorney_id);

CREATE TABLE document_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  document_id TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('CLIENTS', 'NAMED')),
  released_from TIMESTAMP NOT NULL,
  released_until TIMESTAMP NOT NULL,
  expires_at TIMESTAMP,
  withdrawn_at TIMESTAMP,
  dropped_at TIMESTAMP,
  approved_by TEXT NOT NULL,
  approved_at TIMESTAMP NOT NULL,
  -- Why one of the joint clients does not read it.
  withheld_reason TEXT CHECK (withheld_reason <> ''),
  label TEXT NOT NULL CHECK (label <> ''),
  explanation TEXT NOT NULL CHECK (explanation <> ''),
  pinned_number INTEGER NOT NULL,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, document_id) REFERENCES documents (firm_id, id),
  FOREIGN KEY (firm_id, document_id, pinned_number) REFERENCES document_versions (firm_id, document_id, number),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED')
);
CREATE INDEX document_releases_of_document ON document_releases (firm_id, document_id, released_from, released_until);
CREATE INDEX document_releases_of_version ON document_releases (firm_id, document_id, pinned_number);
CREATE INDEX document_releases_by_approver ON document_releases (firm_id, approved_by);

CREATE TABLE document_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES document_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX document_release_audiences_of_participant ON document_release_audiences (firm_id, participant_id);

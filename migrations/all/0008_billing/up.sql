-- Amounts are minor units of the currency: cents of USD, yen of JPY, fils of KWD.
CREATE TABLE invoices (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  case_id TEXT NOT NULL,
  number TEXT NOT NULL CHECK (number <> ''),
  state TEXT NOT NULL CHECK (state IN ('DRAFT', 'AWAITING_APPROVAL', 'ISSUED', 'WRITTEN_OFF', 'VOID')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  issued_on DATE,
  due_on DATE,
  period_start DATE,
  period_end DATE,
  subtotal BIGINT NOT NULL,
  discount BIGINT NOT NULL CHECK (discount >= 0),
  tax BIGINT NOT NULL CHECK (tax >= 0),
  interest BIGINT NOT NULL CHECK (interest >= 0),
  total BIGINT NOT NULL CHECK (total >= 0),
  written_off BIGINT NOT NULL DEFAULT 0 CHECK (written_off >= 0),
  write_off_reason TEXT,
  -- The day on which it was written off or made void.
  ended_on DATE,
  memo TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, number),
  -- What is paid, credited or paid from trust names the case and the currency with the invoice, so they can't differ.
  UNIQUE (firm_id, id, case_id, currency),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  CHECK (total = subtotal + tax + interest - discount),
  CHECK (state IN ('DRAFT', 'AWAITING_APPROVAL') OR issued_on IS NOT NULL),
  CHECK (issued_on IS NULL OR due_on IS NULL OR issued_on <= due_on),
  CHECK ((period_start IS NULL) = (period_end IS NULL)),
  CHECK (period_start <= period_end),
  CHECK ((state = 'WRITTEN_OFF') = (write_off_reason IS NOT NULL)),
  CHECK (state = 'WRITTEN_OFF' OR written_off = 0),
  CHECK ((state IN ('WRITTEN_OFF', 'VOID')) = (ended_on IS NOT NULL)),
  CHECK (issued_on <= ended_on)
);
CREATE INDEX invoices_of_case ON invoices (firm_id, case_id, issued_on, id);
CREATE INDEX invoices_by_issue ON invoices (firm_id, issued_on, id);

-- Quantities and rates have four places: 1.5 hours are 15000, a rate of 350.00 is 3500000.
CREATE TABLE invoice_lines (
  firm_id TEXT NOT NULL,
  invoice_id TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  kind TEXT NOT NULL CHECK (kind IN ('FEE', 'EXPENSE', 'ADJUSTMENT')),
  performed_on DATE NOT NULL,
  quantity BIGINT NOT NULL,
  rate BIGINT,
  adjustment BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  narrative TEXT,
  timekeeper TEXT,
  task_code TEXT,
  internal_narrative TEXT NOT NULL,
  PRIMARY KEY (firm_id, invoice_id, position),
  FOREIGN KEY (firm_id, invoice_id) REFERENCES invoices (firm_id, id),
  CHECK (rate IS NOT NULL OR amount = adjustment)
);

-- What of an invoice falls to one of those who pay it together.
CREATE TABLE invoice_shares (
  firm_id TEXT NOT NULL,
  invoice_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  PRIMARY KEY (firm_id, invoice_id, participant_id),
  FOREIGN KEY (firm_id, invoice_id) REFERENCES invoices (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX invoice_shares_of_participant ON invoice_shares (firm_id, participant_id);

CREATE TABLE invoice_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  invoice_id TEXT NOT NULL,
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
  note TEXT,
  about_event TEXT,
  about_payment TEXT,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, invoice_id) REFERENCES invoices (firm_id, id),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED')
);
CREATE INDEX invoice_releases_of_invoice ON invoice_releases (firm_id, invoice_id, released_from, released_until);
CREATE INDEX invoice_releases_by_approver ON invoice_releases (firm_id, approved_by);

CREATE TABLE invoice_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES invoice_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX invoice_release_audiences_of_participant ON invoice_release_audiences (firm_id, participant_id);

CREATE TABLE payments (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL DEFAULT 0,
  case_id TEXT NOT NULL,
  payer_id TEXT,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount BIGINT NOT NULL CHECK (amount > 0),
  received_on DATE NOT NULL,
  method TEXT NOT NULL CHECK (method <> ''),
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'CLEARED', 'REVERSED', 'REFUNDED')),
  -- The day from which the money was there, and the day on which it was reversed or refunded.
  cleared_on DATE,
  ended_on DATE,
  bank_reference TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, id, case_id, currency),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, payer_id) REFERENCES people (firm_id, id),
  CHECK ((state IN ('REVERSED', 'REFUNDED')) = (ended_on IS NOT NULL)),
  CHECK (state <> 'PENDING' OR cleared_on IS NULL),
  CHECK (state NOT IN ('CLEARED', 'REFUNDED') OR cleared_on IS NOT NULL),
  CHECK (received_on <= cleared_on),
  CHECK (received_on <= ended_on),
  CHECK (cleared_on <= ended_on)
);
CREATE INDEX payments_of_case ON payments (firm_id, case_id, received_on, id);
CREATE INDEX payments_by_day ON payments (firm_id, received_on, id);
CREATE INDEX payments_of_payer ON payments (firm_id, payer_id, received_on, id);

-- How a payment was applied to invoices of its case and currency.
CREATE TABLE allocations (
  firm_id TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  invoice_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  applied_on DATE NOT NULL,
  PRIMARY KEY (firm_id, payment_id, position),
  FOREIGN KEY (firm_id, payment_id, case_id, currency) REFERENCES payments (firm_id, id, case_id, currency),
  FOREIGN KEY (firm_id, invoice_id, case_id, currency) REFERENCES invoices (firm_id, id, case_id, currency)
);
CREATE INDEX allocations_of_invoice ON allocations (firm_id, invoice_id, case_id, currency);

CREATE TABLE credits (
  firm_id TEXT NOT NULL,
  invoice_id TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  credited_on DATE NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  reason TEXT NOT NULL CHECK (reason <> ''),
  PRIMARY KEY (firm_id, invoice_id, position),
  FOREIGN KEY (firm_id, invoice_id) REFERENCES invoices (firm_id, id)
);

-- Money held for one participant in one currency; whoever writes an entry raises the version first.
CREATE TABLE trust_ledgers (
  firm_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  case_id TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (firm_id, participant_id, currency),
  UNIQUE (firm_id, participant_id, currency, case_id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id)
);
CREATE INDEX trust_ledgers_of_case ON trust_ledgers (firm_id, case_id);

-- Amounts are signed: what comes in is positive, what goes out negative.
CREATE TABLE trust_entries (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  participant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  case_id TEXT NOT NULL,
  position BIGINT NOT NULL CHECK (position > 0),
  kind TEXT NOT NULL CHECK (kind IN ('DEPOSIT', 'TO_OPERATING', 'DISBURSEMENT', 'REFUND', 'CORRECTION')),
  amount BIGINT NOT NULL CHECK (amount <> 0),
  entered_on DATE NOT NULL,
  cleared_on DATE,
  payee TEXT,
  -- What it was moved to operating for, and the payment that it became there.
  invoice_id TEXT,
  payment_id TEXT,
  reverses_id TEXT,
  bank_reference TEXT NOT NULL,
  PRIMARY KEY (firm_id, id),
  UNIQUE (firm_id, payment_id),
  UNIQUE (firm_id, participant_id, currency, position),
  UNIQUE (firm_id, reverses_id),
  FOREIGN KEY (firm_id, participant_id, currency, case_id)
    REFERENCES trust_ledgers (firm_id, participant_id, currency, case_id),
  FOREIGN KEY (firm_id, invoice_id, case_id, currency) REFERENCES invoices (firm_id, id, case_id, currency),
  FOREIGN KEY (firm_id, payment_id, case_id, currency) REFERENCES payments (firm_id, id, case_id, currency),
  FOREIGN KEY (firm_id, reverses_id) REFERENCES trust_entries (firm_id, id),
  CHECK ((kind = 'TO_OPERATING') = (invoice_id IS NOT NULL)),
  CHECK ((kind = 'TO_OPERATING') = (payment_id IS NOT NULL)),
  CHECK ((kind = 'CORRECTION') = (reverses_id IS NOT NULL)),
  CHECK (kind <> 'DEPOSIT' OR amount > 0),
  CHECK (kind IN ('DEPOSIT', 'CORRECTION') OR amount < 0),
  CHECK (entered_on <= cleared_on)
);
CREATE INDEX trust_entries_of_ledger ON trust_entries (firm_id, participant_id, currency, case_id, entered_on, position);
CREATE INDEX trust_entries_of_case ON trust_entries (firm_id, case_id, entered_on, id);
CREATE INDEX trust_entries_of_invoice ON trust_entries (firm_id, invoice_id, case_id, currency);

-- What clients are told about the money of a case as a whole; the item is the case.
CREATE TABLE billing_note_releases (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
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
  body TEXT NOT NULL CHECK (body <> ''),
  next_invoice_on DATE,
  about_event TEXT,
  about_payment TEXT,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, approved_by) REFERENCES people (firm_id, id),
  CHECK (released_from <= released_until),
  CHECK (withheld_reason IS NULL OR audience = 'NAMED')
);
CREATE INDEX billing_note_releases_of_case ON billing_note_releases (firm_id, case_id, released_from, released_until);
CREATE INDEX billing_note_releases_by_approver ON billing_note_releases (firm_id, approved_by);

CREATE TABLE billing_note_release_audiences (
  firm_id TEXT NOT NULL,
  release_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (firm_id, release_id, participant_id),
  FOREIGN KEY (firm_id, release_id) REFERENCES billing_note_releases (firm_id, id),
  FOREIGN KEY (firm_id, participant_id) REFERENCES participants (firm_id, id)
);
CREATE INDEX billing_note_release_audiences_of_participant ON billing_note_release_audiences (firm_id, participant_id);
CREATE INDEX allocations_of_payment ON allocations (firm_id, payment_id, case_id, currency);
CREATE INDEX trust_entries_of_payment ON trust_entries (firm_id, payment_id, case_id, currency);

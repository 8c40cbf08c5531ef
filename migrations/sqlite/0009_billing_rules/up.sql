-- What was issued stays as it was; a correction is a credit or a new invoice. What was booked is never unbooked.

CREATE TRIGGER invoices_stay_as_issued BEFORE UPDATE ON invoices
WHEN OLD.state NOT IN ('DRAFT', 'AWAITING_APPROVAL') AND (NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.case_id IS NOT OLD.case_id
  OR NEW.number IS NOT OLD.number
  OR NEW.currency IS NOT OLD.currency
  OR NEW.issued_on IS NOT OLD.issued_on
  OR NEW.period_start IS NOT OLD.period_start
  OR NEW.period_end IS NOT OLD.period_end
  OR NEW.subtotal IS NOT OLD.subtotal
  OR NEW.discount IS NOT OLD.discount
  OR NEW.tax IS NOT OLD.tax
  OR NEW.interest IS NOT OLD.interest
  OR NEW.total IS NOT OLD.total
  OR NEW.state IN ('DRAFT', 'AWAITING_APPROVAL'))
BEGIN SELECT RAISE(ABORT, 'an issued invoice does not change'); END;

CREATE TRIGGER invoices_stay_ended BEFORE UPDATE ON invoices
WHEN OLD.state IN ('WRITTEN_OFF', 'VOID') AND (NEW.state IS NOT OLD.state OR NEW.written_off IS NOT OLD.written_off
  OR NEW.write_off_reason IS NOT OLD.write_off_reason OR NEW.ended_on IS NOT OLD.ended_on)
BEGIN SELECT RAISE(ABORT, 'what was written off or voided stays so'); END;

CREATE TRIGGER invoices_stay BEFORE DELETE ON invoices
WHEN OLD.state NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'an issued invoice is never deleted'); END;

CREATE TRIGGER invoice_lines_come_before_issue BEFORE INSERT ON invoice_lines
WHEN (SELECT state FROM invoices WHERE firm_id = NEW.firm_id AND id = NEW.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'lines of an issued invoice do not change'); END;

CREATE TRIGGER invoice_lines_stay_as_issued BEFORE UPDATE ON invoice_lines
WHEN (SELECT state FROM invoices WHERE firm_id = OLD.firm_id AND id = OLD.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL') OR (SELECT state FROM invoices WHERE firm_id = NEW.firm_id AND id = NEW.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'lines of an issued invoice do not change'); END;

CREATE TRIGGER invoice_lines_stay BEFORE DELETE ON invoice_lines
WHEN (SELECT state FROM invoices WHERE firm_id = OLD.firm_id AND id = OLD.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'lines of an issued invoice do not change'); END;

CREATE TRIGGER invoice_shares_come_before_issue BEFORE INSERT ON invoice_shares
WHEN (SELECT state FROM invoices WHERE firm_id = NEW.firm_id AND id = NEW.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'shares of an issued invoice do not change'); END;

CREATE TRIGGER invoice_shares_stay_as_divided BEFORE UPDATE ON invoice_shares
BEGIN SELECT RAISE(ABORT, 'an invoice is divided anew as a whole'); END;

CREATE TRIGGER invoice_shares_stay BEFORE DELETE ON invoice_shares
WHEN (SELECT state FROM invoices WHERE firm_id = OLD.firm_id AND id = OLD.invoice_id) NOT IN ('DRAFT', 'AWAITING_APPROVAL')
BEGIN SELECT RAISE(ABORT, 'shares of an issued invoice do not change'); END;

CREATE TRIGGER payments_stay_as_booked BEFORE UPDATE ON payments
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.id IS NOT OLD.id OR NEW.case_id IS NOT OLD.case_id OR NEW.payer_id IS NOT OLD.payer_id OR NEW.currency IS NOT OLD.currency OR NEW.amount IS NOT OLD.amount OR NEW.received_on IS NOT OLD.received_on
  OR NEW.cleared_on IS NOT OLD.cleared_on AND OLD.state <> 'PENDING'
  OR NEW.ended_on IS NOT OLD.ended_on AND OLD.ended_on IS NOT NULL
  OR OLD.state IN ('REVERSED', 'REFUNDED') AND NEW.state IS NOT OLD.state
BEGIN SELECT RAISE(ABORT, 'a booked payment does not change'); END;

CREATE TRIGGER payments_stay BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'a booked payment is never deleted'); END;

CREATE TRIGGER allocations_stay_as_booked BEFORE UPDATE ON allocations
BEGIN SELECT RAISE(ABORT, 'an allocation that was booked does not change'); END;

CREATE TRIGGER allocations_stay BEFORE DELETE ON allocations
BEGIN SELECT RAISE(ABORT, 'an allocation that was booked is never deleted'); END;

CREATE TRIGGER credits_stay_as_booked BEFORE UPDATE ON credits
BEGIN SELECT RAISE(ABORT, 'a credit that was booked does not change'); END;

CREATE TRIGGER credits_stay BEFORE DELETE ON credits
BEGIN SELECT RAISE(ABORT, 'a credit that was booked is never deleted'); END;

CREATE TRIGGER trust_entries_stay_as_booked BEFORE UPDATE ON trust_entries
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.participant_id IS NOT OLD.participant_id
  OR NEW.currency IS NOT OLD.currency
  OR NEW.case_id IS NOT OLD.case_id
  OR NEW.position IS NOT OLD.position
  OR NEW.kind IS NOT OLD.kind
  OR NEW.amount IS NOT OLD.amount
  OR NEW.entered_on IS NOT OLD.entered_on
  OR NEW.payee IS NOT OLD.payee
  OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.payment_id IS NOT OLD.payment_id
  OR NEW.reverses_id IS NOT OLD.reverses_id
  OR NEW.bank_reference IS NOT OLD.bank_reference
  OR OLD.cleared_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a trust entry that was booked does not change'); END;

CREATE TRIGGER trust_entries_stay BEFORE DELETE ON trust_entries
BEGIN SELECT RAISE(ABORT, 'a trust entry that was booked is never deleted'); END;

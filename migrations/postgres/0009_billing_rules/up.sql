-- What was issued stays as it was; a correction is a credit or a new invoice. What was booked is never unbooked.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- A trigger's condition may not look at other tables, so what hangs on an invoice asks here whether it was issued. The
-- row is locked, so that a line and the issue of its invoice can't pass one another.
CREATE FUNCTION is_issued(firm TEXT, invoice TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  known TEXT;
BEGIN
  SELECT state INTO known FROM invoices WHERE firm_id = firm AND id = invoice FOR SHARE;
  RETURN known NOT IN ('DRAFT', 'AWAITING_APPROVAL');
END
$$;

CREATE TRIGGER invoices_stay_as_issued BEFORE UPDATE ON invoices FOR EACH ROW
WHEN (OLD.state NOT IN ('DRAFT', 'AWAITING_APPROVAL') AND (NEW.firm_id IS DISTINCT FROM OLD.firm_id
  OR NEW.id IS DISTINCT FROM OLD.id
  OR NEW.case_id IS DISTINCT FROM OLD.case_id
  OR NEW.number IS DISTINCT FROM OLD.number
  OR NEW.currency IS DISTINCT FROM OLD.currency
  OR NEW.issued_on IS DISTINCT FROM OLD.issued_on
  OR NEW.period_start IS DISTINCT FROM OLD.period_start
  OR NEW.period_end IS DISTINCT FROM OLD.period_end
  OR NEW.subtotal IS DISTINCT FROM OLD.subtotal
  OR NEW.discount IS DISTINCT FROM OLD.discount
  OR NEW.tax IS DISTINCT FROM OLD.tax
  OR NEW.interest IS DISTINCT FROM OLD.interest
  OR NEW.total IS DISTINCT FROM OLD.total
  OR NEW.state IN ('DRAFT', 'AWAITING_APPROVAL')))
EXECUTE FUNCTION refuse_change('an issued invoice does not change');

CREATE TRIGGER invoices_stay_ended BEFORE UPDATE ON invoices FOR EACH ROW
WHEN (OLD.state IN ('WRITTEN_OFF', 'VOID') AND (NEW.state IS DISTINCT FROM OLD.state OR NEW.written_off IS DISTINCT FROM OLD.written_off
  OR NEW.write_off_reason IS DISTINCT FROM OLD.write_off_reason OR NEW.ended_on IS DISTINCT FROM OLD.ended_on))
EXECUTE FUNCTION refuse_change('what was written off or voided stays so');

CREATE TRIGGER invoices_stay BEFORE DELETE ON invoices FOR EACH ROW
WHEN (OLD.state NOT IN ('DRAFT', 'AWAITING_APPROVAL'))
EXECUTE FUNCTION refuse_change('an issued invoice is never deleted');

CREATE TRIGGER invoice_lines_come_before_issue BEFORE INSERT ON invoice_lines FOR EACH ROW
WHEN (is_issued(NEW.firm_id, NEW.invoice_id))
EXECUTE FUNCTION refuse_change('lines of an issued invoice do not change');

CREATE TRIGGER invoice_lines_stay_as_issued BEFORE UPDATE ON invoice_lines FOR EACH ROW
WHEN (is_issued(OLD.firm_id, OLD.invoice_id) OR is_issued(NEW.firm_id, NEW.invoice_id))
EXECUTE FUNCTION refuse_change('lines of an issued invoice do not change');

CREATE TRIGGER invoice_lines_stay BEFORE DELETE ON invoice_lines FOR EACH ROW
WHEN (is_issued(OLD.firm_id, OLD.invoice_id))
EXECUTE FUNCTION refuse_change('lines of an issued invoice do not change');

CREATE TRIGGER invoice_shares_come_before_issue BEFORE INSERT ON invoice_shares FOR EACH ROW
WHEN (is_issued(NEW.firm_id, NEW.invoice_id))
EXECUTE FUNCTION refuse_change('shares of an issued invoice do not change');

CREATE TRIGGER invoice_shares_stay_as_divided BEFORE UPDATE ON invoice_shares FOR EACH ROW
EXECUTE FUNCTION refuse_change('an invoice is divided anew as a whole');

CREATE TRIGGER invoice_shares_stay BEFORE DELETE ON invoice_shares FOR EACH ROW
WHEN (is_issued(OLD.firm_id, OLD.invoice_id))
EXECUTE FUNCTION refuse_change('shares of an issued invoice do not change');

CREATE TRIGGER payments_stay_as_booked BEFORE UPDATE ON payments FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.id IS DISTINCT FROM OLD.id OR NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.payer_id IS DISTINCT FROM OLD.payer_id OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.received_on IS DISTINCT FROM OLD.received_on
  OR NEW.cleared_on IS DISTINCT FROM OLD.cleared_on AND OLD.state <> 'PENDING'
  OR NEW.ended_on IS DISTINCT FROM OLD.ended_on AND OLD.ended_on IS NOT NULL
  OR OLD.state IN ('REVERSED', 'REFUNDED') AND NEW.state IS DISTINCT FROM OLD.state)
EXECUTE FUNCTION refuse_change('a booked payment does not change');

CREATE TRIGGER payments_stay BEFORE DELETE ON payments FOR EACH ROW
EXECUTE FUNCTION refuse_change('a booked payment is never deleted');

CREATE TRIGGER allocations_stay_as_booked BEFORE UPDATE ON allocations FOR EACH ROW
EXECUTE FUNCTION refuse_change('an allocation that was booked does not change');

CREATE TRIGGER allocations_stay BEFORE DELETE ON allocations FOR EACH ROW
EXECUTE FUNCTION refuse_change('an allocation that was booked is never deleted');

CREATE TRIGGER credits_stay_as_booked BEFORE UPDATE ON credits FOR EACH ROW
EXECUTE FUNCTION refuse_change('a credit that was booked does not change');

CREATE TRIGGER credits_stay BEFORE DELETE ON credits FOR EACH ROW
EXECUTE FUNCTION refuse_change('a credit that was booked is never deleted');

CREATE TRIGGER trust_entries_stay_as_booked BEFORE UPDATE ON trust_entries FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id
  OR NEW.id IS DISTINCT FROM OLD.id
  OR NEW.participant_id IS DISTINCT FROM OLD.participant_id
  OR NEW.currency IS DISTINCT FROM OLD.currency
  OR NEW.case_id IS DISTINCT FROM OLD.case_id
  OR NEW.position IS DISTINCT FROM OLD.position
  OR NEW.kind IS DISTINCT FROM OLD.kind
  OR NEW.amount IS DISTINCT FROM OLD.amount
  OR NEW.entered_on IS DISTINCT FROM OLD.entered_on
  OR NEW.payee IS DISTINCT FROM OLD.payee
  OR NEW.invoice_id IS DISTINCT FROM OLD.invoice_id
  OR NEW.payment_id IS DISTINCT FROM OLD.payment_id
  OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id
  OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference
  OR OLD.cleared_on IS NOT NULL)
EXECUTE FUNCTION refuse_change('a trust entry that was booked does not change');

CREATE TRIGGER trust_entries_stay BEFORE DELETE ON trust_entries FOR EACH ROW
EXECUTE FUNCTION refuse_change('a trust entry that was booked is never deleted');

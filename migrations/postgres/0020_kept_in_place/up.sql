-- What is released or granted goes with its case: moved to another one, it would be read by that case's people, and what was
-- approved for one client would be told to the next. Filed wrongly, it is filed anew. An issued invoice stays as a whole.

CREATE TRIGGER milestones_stay_in_their_case BEFORE UPDATE ON milestones FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

CREATE TRIGGER documents_stay_in_their_case BEFORE UPDATE ON documents FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

CREATE TRIGGER invoices_stay_in_their_case BEFORE UPDATE ON invoices FOR EACH ROW
WHEN (OLD.state IN ('DRAFT', 'AWAITING_APPROVAL')
  AND (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id))
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

CREATE TRIGGER events_stay_in_their_case BEFORE UPDATE ON events FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

CREATE TRIGGER correspondence_stay_in_their_case BEFORE UPDATE ON correspondence FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

CREATE TRIGGER third_party_records_stay_in_their_case BEFORE UPDATE ON third_party_records FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('what belongs to a case stays in that case');

-- A part in a case is one person's in one role: releases name it, and what was granted hangs on it.

CREATE TRIGGER participants_stay_with_their_person BEFORE UPDATE ON participants FOR EACH ROW
WHEN (NEW.person_id IS DISTINCT FROM OLD.person_id)
EXECUTE FUNCTION refuse_change('a part in a case stays with that person; a new one is a new row');

CREATE TRIGGER participants_stay_in_their_role BEFORE UPDATE ON participants FOR EACH ROW
WHEN (NEW.role IS DISTINCT FROM OLD.role)
EXECUTE FUNCTION refuse_change('a part in a case stays in that role; a new one is a new row');

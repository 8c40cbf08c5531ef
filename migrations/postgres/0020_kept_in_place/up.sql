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

-- What a release pins is the file that was approved. A later file is a version of its own.

CREATE FUNCTION is_pinned(firm TEXT, document TEXT, version INTEGER) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM document_releases r WHERE r.firm_id = firm AND r.document_id = document AND r.pinned_number = version);
END
$$;

CREATE TRIGGER document_versions_stay_as_pinned BEFORE UPDATE OR DELETE ON document_versions FOR EACH ROW
WHEN (is_pinned(OLD.firm_id, OLD.document_id, OLD.number))
EXECUTE FUNCTION refuse_change('a version that a release pins stays as it is');

-- Whom a release names was approved with it, so no name is taken from it, and none is added once it was withdrawn or
-- dropped. One that was dropped never runs, so its names may go, and it with them.

CREATE FUNCTION may_run(firm TEXT, release TEXT, releases TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I r WHERE r.firm_id = $1 AND r.id = $2 AND r.dropped_at IS NULL)', releases)
    INTO found USING firm, release;
  RETURN found;
END
$$;

CREATE FUNCTION was_ended(firm TEXT, release TEXT, releases TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I r WHERE r.firm_id = $1 AND r.id = $2 '
    'AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))', releases) INTO found USING firm, release;
  RETURN found;
END
$$;

CREATE TRIGGER case_release_audiences_stay_named BEFORE DELETE ON case_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'case_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER case_release_audiences_end_with_their_release BEFORE INSERT ON case_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'case_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

CREATE TRIGGER milestone_release_audiences_stay_named BEFORE DELETE ON milestone_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'milestone_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER milestone_release_audiences_end_with_their_release BEFORE INSERT ON milestone_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'milestone_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

CREATE TRIGGER document_release_audiences_stay_named BEFORE DELETE ON document_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'document_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER document_release_audiences_end_with_their_release BEFORE INSERT ON document_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'document_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

CREATE TRIGGER invoice_release_audiences_stay_named BEFORE DELETE ON invoice_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'invoice_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER invoice_release_audiences_end_with_their_release BEFORE INSERT ON invoice_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'invoice_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

CREATE TRIGGER billing_note_release_audiences_stay_named BEFORE DELETE ON billing_note_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'billing_note_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER billing_note_release_audiences_end_with_their_release BEFORE INSERT ON billing_note_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'billing_note_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

CREATE TRIGGER event_release_audiences_stay_named BEFORE DELETE ON event_release_audiences FOR EACH ROW
WHEN (may_run(OLD.firm_id, OLD.release_id, 'event_releases'))
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER event_release_audiences_end_with_their_release BEFORE INSERT ON event_release_audiences FOR EACH ROW
WHEN (was_ended(NEW.firm_id, NEW.release_id, 'event_releases'))
EXECUTE FUNCTION refuse_change('a release that was withdrawn or dropped names nobody anew');

-- What a docket says of seals, or what was doubtful in it, is looked at before the line's paper is shared.

CREATE FUNCTION waits_for_review(firm TEXT, document TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM docket_entries e
    JOIN docket_reviews r ON r.firm_id = e.firm_id AND r.case_id = e.case_id AND r.entry_key = e.entry_key
    WHERE e.firm_id = firm AND e.document_id = document AND r.settled_at IS NULL);
END
$$;

CREATE TRIGGER document_releases_wait_for_review BEFORE INSERT ON document_releases FOR EACH ROW
WHEN (waits_for_review(NEW.firm_id, NEW.document_id))
EXECUTE FUNCTION refuse_change('a paper whose docket line waits for review is not released');

-- Whoever approves a release, grants an item or decides on a change that was read is of the firm's staff.

CREATE TRIGGER case_releases_are_approved_by_staff BEFORE INSERT ON case_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER milestone_releases_are_approved_by_staff BEFORE INSERT ON milestone_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER document_releases_are_approved_by_staff BEFORE INSERT ON document_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER invoice_releases_are_approved_by_staff BEFORE INSERT ON invoice_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER billing_note_releases_are_approved_by_staff BEFORE INSERT ON billing_note_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER event_releases_are_approved_by_staff BEFORE INSERT ON event_releases FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.approved_by))
EXECUTE FUNCTION refuse_change('only staff approve a release');

CREATE TRIGGER item_grants_are_granted_by_staff BEFORE INSERT OR UPDATE OF granted_by ON item_grants FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.granted_by))
EXECUTE FUNCTION refuse_change('only staff grant an item');

CREATE TRIGGER proposed_event_changes_are_decided_by_staff BEFORE INSERT OR UPDATE OF decided_by ON proposed_event_changes FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.decided_by))
EXECUTE FUNCTION refuse_change('only staff decide on a change that was proposed');

-- An attorney who is at the firm decides against a gate, and settles a review.

-- The row is locked, so that a decision and the leaving of who decides can't pass one another.
CREATE FUNCTION is_attorney(firm TEXT, person TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM people WHERE firm_id = firm AND id = person AND staff_role = 'ATTORNEY' AND is_active FOR SHARE;
  RETURN FOUND;
END
$$;

CREATE TRIGGER document_overrides_are_made_by_attorneys BEFORE INSERT OR UPDATE OF attorney_id ON document_overrides FOR EACH ROW
WHEN (NOT is_attorney(NEW.firm_id, NEW.attorney_id))
EXECUTE FUNCTION refuse_change('only an attorney of the firm decides against a gate');

CREATE TRIGGER docket_reviews_are_settled_by_attorneys BEFORE INSERT OR UPDATE OF settled_by ON docket_reviews FOR EACH ROW
WHEN (NEW.settled_by IS NOT NULL AND NOT is_attorney(NEW.firm_id, NEW.settled_by))
EXECUTE FUNCTION refuse_change('only an attorney of the firm settles a review');

-- An invoice is made void only where nothing was paid or credited, payments on their way included. A payment that was taken
-- or given back is none.

CREATE FUNCTION is_paid_or_credited(firm TEXT, invoice TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM allocations a
      JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id
      WHERE a.firm_id = firm AND a.invoice_id = invoice AND p.state IN ('PENDING', 'CLEARED'))
    OR EXISTS (SELECT FROM credits c WHERE c.firm_id = firm AND c.invoice_id = invoice);
END
$$;

CREATE TRIGGER invoices_are_void_unpaid BEFORE UPDATE ON invoices FOR EACH ROW
WHEN (NEW.state = 'VOID' AND OLD.state <> 'VOID' AND is_paid_or_credited(OLD.firm_id, OLD.id))
EXECUTE FUNCTION refuse_change('an invoice of which something was paid or credited is not made void: take that back first');

-- No more of a payment is applied than it comes to.

-- The payment is locked, so that of two applications at once the second sees the first.
CREATE FUNCTION refuse_excess() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  there BIGINT;
BEGIN
  SELECT p.amount INTO there FROM payments p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.payment_id FOR NO KEY UPDATE;
  IF (SELECT sum(a.amount) FROM allocations a WHERE a.firm_id = NEW.firm_id AND a.payment_id = NEW.payment_id) > there THEN
    RAISE EXCEPTION 'no more of a payment is applied than it comes to' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER allocations_are_within_their_payment AFTER INSERT ON allocations FOR EACH ROW
EXECUTE FUNCTION refuse_excess();

-- Some rules lock a row, wait for whoever has it, and then look at what that one wrote. At REPEATABLE READ a transaction sees
-- what was there when it began, so two at once would both pass.

CREATE TRIGGER case_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON case_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER milestone_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON milestone_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER document_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON document_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER invoice_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON invoice_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER billing_note_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON billing_note_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER event_releases_are_not_written_blindly BEFORE INSERT OR UPDATE ON event_releases FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER trust_entries_are_not_written_blindly BEFORE INSERT OR UPDATE ON trust_entries FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER allocations_are_not_written_blindly BEFORE INSERT OR UPDATE ON allocations FOR EACH ROW
WHEN (current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER invoices_are_not_voided_blindly BEFORE UPDATE ON invoices FOR EACH ROW
WHEN (NEW.state = 'VOID' AND OLD.state <> 'VOID'
  AND current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

CREATE TRIGGER people_are_not_moved_blindly BEFORE UPDATE ON people FOR EACH ROW
WHEN (OLD.kind = 'STAFF' AND NEW.kind <> 'STAFF'
  AND current_setting('transaction_isolation') = 'repeatable read')
EXECUTE FUNCTION refuse_change('write this at READ COMMITTED or SERIALIZABLE: at REPEATABLE READ two at once would not see each other');

-- A day or an instant is of the years 1 to 9999, as on SQLite: others, and 'infinity', can't be told to anybody. The end of time
-- is 9999-12-31 00:00:00. Rows from before are not looked at.
DO $$
DECLARE
  it record;
BEGIN
  FOR it IN SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('date', 'timestamp without time zone') AND table_name IN (
      'allocations', 'billing_note_releases', 'case_releases', 'case_stages', 'cases', 'correspondence', 'credits',
      'docket_entries', 'docket_reviews', 'document_overrides', 'document_releases', 'document_versions', 'documents',
      'ethical_walls', 'event_changes', 'event_releases', 'events', 'firm_keys', 'invoice_lines', 'invoice_releases',
      'invoices', 'issuer_subjects', 'issuers', 'item_grants', 'milestone_releases', 'participants', 'parties',
      'payments', 'proposed_event_changes', 'sessions', 'strategy_notes', 'tasks', 'third_party_records',
      'trust_entries', 'trusted_documents')
  LOOP
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I >= ''0001-01-01'' AND %I < ''10000-01-01'') NOT VALID',
      it.table_name, it.table_name || '_' || it.column_name || '_within_years', it.column_name, it.column_name);
  END LOOP;
END
$$;

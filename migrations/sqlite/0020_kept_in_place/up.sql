-- What is released or granted goes with its case: moved to another one, it would be read by that case's people, and what was
-- approved for one client would be told to the next. Filed wrongly, it is filed anew. An issued invoice stays as a whole.

CREATE TRIGGER milestones_stay_in_their_case BEFORE UPDATE ON milestones
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

CREATE TRIGGER documents_stay_in_their_case BEFORE UPDATE ON documents
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

CREATE TRIGGER invoices_stay_in_their_case BEFORE UPDATE ON invoices
WHEN OLD.state IN ('DRAFT', 'AWAITING_APPROVAL')
  AND (NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id)
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

CREATE TRIGGER events_stay_in_their_case BEFORE UPDATE ON events
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

CREATE TRIGGER correspondence_stay_in_their_case BEFORE UPDATE ON correspondence
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

CREATE TRIGGER third_party_records_stay_in_their_case BEFORE UPDATE ON third_party_records
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'what belongs to a case stays in that case'); END;

-- A part in a case is one person's in one role: releases name it, and what was granted hangs on it.

CREATE TRIGGER participants_stay_with_their_person BEFORE UPDATE ON participants
WHEN NEW.person_id IS NOT OLD.person_id
BEGIN SELECT RAISE(ABORT, 'a part in a case stays with that person; a new one is a new row'); END;

CREATE TRIGGER participants_stay_in_their_role BEFORE UPDATE ON participants
WHEN NEW.role IS NOT OLD.role
BEGIN SELECT RAISE(ABORT, 'a part in a case stays in that role; a new one is a new row'); END;

-- What a release pins is the file that was approved. A later file is a version of its own.

CREATE TRIGGER document_versions_stay_as_pinned_on_update BEFORE UPDATE ON document_versions
WHEN EXISTS (SELECT 1 FROM document_releases r
  WHERE r.firm_id = OLD.firm_id AND r.document_id = OLD.document_id AND r.pinned_number = OLD.number)
BEGIN SELECT RAISE(ABORT, 'a version that a release pins stays as it is'); END;

CREATE TRIGGER document_versions_stay_as_pinned_on_delete BEFORE DELETE ON document_versions
WHEN EXISTS (SELECT 1 FROM document_releases r
  WHERE r.firm_id = OLD.firm_id AND r.document_id = OLD.document_id AND r.pinned_number = OLD.number)
BEGIN SELECT RAISE(ABORT, 'a version that a release pins stays as it is'); END;

-- Whom a release names was approved with it, so no name is taken from it, and none is added once it was withdrawn or
-- dropped. One that was dropped never runs, so its names may go, and it with them.

CREATE TRIGGER case_release_audiences_stay_named BEFORE DELETE ON case_release_audiences
WHEN EXISTS (SELECT 1 FROM case_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER case_release_audiences_end_with_their_release BEFORE INSERT ON case_release_audiences
WHEN EXISTS (SELECT 1 FROM case_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

CREATE TRIGGER milestone_release_audiences_stay_named BEFORE DELETE ON milestone_release_audiences
WHEN EXISTS (SELECT 1 FROM milestone_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER milestone_release_audiences_end_with_their_release BEFORE INSERT ON milestone_release_audiences
WHEN EXISTS (SELECT 1 FROM milestone_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

CREATE TRIGGER document_release_audiences_stay_named BEFORE DELETE ON document_release_audiences
WHEN EXISTS (SELECT 1 FROM document_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER document_release_audiences_end_with_their_release BEFORE INSERT ON document_release_audiences
WHEN EXISTS (SELECT 1 FROM document_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

CREATE TRIGGER invoice_release_audiences_stay_named BEFORE DELETE ON invoice_release_audiences
WHEN EXISTS (SELECT 1 FROM invoice_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER invoice_release_audiences_end_with_their_release BEFORE INSERT ON invoice_release_audiences
WHEN EXISTS (SELECT 1 FROM invoice_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

CREATE TRIGGER billing_note_release_audiences_stay_named BEFORE DELETE ON billing_note_release_audiences
WHEN EXISTS (SELECT 1 FROM billing_note_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER billing_note_release_audiences_end_with_their_release BEFORE INSERT ON billing_note_release_audiences
WHEN EXISTS (SELECT 1 FROM billing_note_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

CREATE TRIGGER event_release_audiences_stay_named BEFORE DELETE ON event_release_audiences
WHEN EXISTS (SELECT 1 FROM event_releases r
  WHERE r.firm_id = OLD.firm_id AND r.id = OLD.release_id AND r.dropped_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER event_release_audiences_end_with_their_release BEFORE INSERT ON event_release_audiences
WHEN EXISTS (SELECT 1 FROM event_releases r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.release_id
  AND (r.withdrawn_at IS NOT NULL OR r.dropped_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a release that was withdrawn or dropped names nobody anew'); END;

-- INSERT OR REPLACE takes a row away without a word to the triggers that keep it as it was approved, told or booked. PostgreSQL
-- has no such statement: there an upsert is an update, which is judged.

CREATE TRIGGER case_releases_are_not_replaced BEFORE INSERT ON case_releases
WHEN EXISTS (SELECT 1 FROM case_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestone_releases_are_not_replaced BEFORE INSERT ON milestone_releases
WHEN EXISTS (SELECT 1 FROM milestone_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_releases_are_not_replaced BEFORE INSERT ON document_releases
WHEN EXISTS (SELECT 1 FROM document_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_releases_are_not_replaced BEFORE INSERT ON invoice_releases
WHEN EXISTS (SELECT 1 FROM invoice_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER billing_note_releases_are_not_replaced BEFORE INSERT ON billing_note_releases
WHEN EXISTS (SELECT 1 FROM billing_note_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_releases_are_not_replaced BEFORE INSERT ON event_releases
WHEN EXISTS (SELECT 1 FROM event_releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER participants_are_not_replaced BEFORE INSERT ON participants
WHEN EXISTS (SELECT 1 FROM participants WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoices_are_not_replaced BEFORE INSERT ON invoices
WHEN EXISTS (SELECT 1 FROM invoices WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER payments_are_not_replaced BEFORE INSERT ON payments
WHEN EXISTS (SELECT 1 FROM payments WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER trust_entries_are_not_replaced BEFORE INSERT ON trust_entries
WHEN EXISTS (SELECT 1 FROM trust_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_changes_are_not_replaced BEFORE INSERT ON event_changes
WHEN EXISTS (SELECT 1 FROM event_changes WHERE firm_id = NEW.firm_id AND event_id = NEW.event_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_lines_are_not_replaced BEFORE INSERT ON invoice_lines
WHEN EXISTS (SELECT 1 FROM invoice_lines WHERE firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER credits_are_not_replaced BEFORE INSERT ON credits
WHEN EXISTS (SELECT 1 FROM credits WHERE firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER allocations_are_not_replaced BEFORE INSERT ON allocations
WHEN EXISTS (SELECT 1 FROM allocations WHERE firm_id = NEW.firm_id AND payment_id = NEW.payment_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

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

-- INSERT OR REPLACE takes a row away without a word to the triggers that keep it as it was approved, told or booked: by any of
-- its keys, of which the rowid is one (-1 here where a statement names none). So does UPDATE OR REPLACE to the row whose key
-- another one takes. An upsert is refused with them, since a trigger can't tell it from a replacement. PostgreSQL has no such
-- statement: there an upsert is an update, which is judged.

CREATE TRIGGER case_releases_are_not_replaced_on_insert BEFORE INSERT ON case_releases
WHEN EXISTS (SELECT 1 FROM case_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER case_releases_are_not_replaced_on_update BEFORE UPDATE ON case_releases
WHEN EXISTS (SELECT 1 FROM case_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestone_releases_are_not_replaced_on_insert BEFORE INSERT ON milestone_releases
WHEN EXISTS (SELECT 1 FROM milestone_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestone_releases_are_not_replaced_on_update BEFORE UPDATE ON milestone_releases
WHEN EXISTS (SELECT 1 FROM milestone_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_releases_are_not_replaced_on_insert BEFORE INSERT ON document_releases
WHEN EXISTS (SELECT 1 FROM document_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_releases_are_not_replaced_on_update BEFORE UPDATE ON document_releases
WHEN EXISTS (SELECT 1 FROM document_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_releases_are_not_replaced_on_insert BEFORE INSERT ON invoice_releases
WHEN EXISTS (SELECT 1 FROM invoice_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_releases_are_not_replaced_on_update BEFORE UPDATE ON invoice_releases
WHEN EXISTS (SELECT 1 FROM invoice_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER billing_note_releases_are_not_replaced_on_insert BEFORE INSERT ON billing_note_releases
WHEN EXISTS (SELECT 1 FROM billing_note_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER billing_note_releases_are_not_replaced_on_update BEFORE UPDATE ON billing_note_releases
WHEN EXISTS (SELECT 1 FROM billing_note_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_releases_are_not_replaced_on_insert BEFORE INSERT ON event_releases
WHEN EXISTS (SELECT 1 FROM event_releases WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_releases_are_not_replaced_on_update BEFORE UPDATE ON event_releases
WHEN EXISTS (SELECT 1 FROM event_releases WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER case_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON case_release_audiences
WHEN EXISTS (SELECT 1 FROM case_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestone_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON milestone_release_audiences
WHEN EXISTS (SELECT 1 FROM milestone_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON document_release_audiences
WHEN EXISTS (SELECT 1 FROM document_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON invoice_release_audiences
WHEN EXISTS (SELECT 1 FROM invoice_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER billing_note_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON billing_note_release_audiences
WHEN EXISTS (SELECT 1 FROM billing_note_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_release_audiences_are_not_replaced_on_insert BEFORE INSERT ON event_release_audiences
WHEN EXISTS (SELECT 1 FROM event_release_audiences WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND release_id = NEW.release_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER participants_are_not_replaced_on_insert BEFORE INSERT ON participants
WHEN EXISTS (SELECT 1 FROM participants WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER participants_are_not_replaced_on_update BEFORE UPDATE ON participants
WHEN EXISTS (SELECT 1 FROM participants WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER item_grants_are_not_replaced_on_insert BEFORE INSERT ON item_grants
WHEN EXISTS (SELECT 1 FROM item_grants WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND item_id = NEW.item_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER item_grants_are_not_replaced_on_update BEFORE UPDATE ON item_grants
WHEN EXISTS (SELECT 1 FROM item_grants WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND item_id = NEW.item_id AND participant_id = NEW.participant_id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER case_staff_are_not_replaced_on_insert BEFORE INSERT ON case_staff
WHEN EXISTS (SELECT 1 FROM case_staff WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND case_id = NEW.case_id AND person_id = NEW.person_id
  OR is_responsible AND NEW.is_responsible AND firm_id = NEW.firm_id AND case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER case_staff_are_not_replaced_on_update BEFORE UPDATE ON case_staff
WHEN EXISTS (SELECT 1 FROM case_staff WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND case_id = NEW.case_id AND person_id = NEW.person_id
  OR is_responsible AND NEW.is_responsible AND firm_id = NEW.firm_id AND case_id = NEW.case_id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestones_are_not_replaced_on_insert BEFORE INSERT ON milestones
WHEN EXISTS (SELECT 1 FROM milestones WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER milestones_are_not_replaced_on_update BEFORE UPDATE ON milestones
WHEN EXISTS (SELECT 1 FROM milestones WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER documents_are_not_replaced_on_insert BEFORE INSERT ON documents
WHEN EXISTS (SELECT 1 FROM documents WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER documents_are_not_replaced_on_update BEFORE UPDATE ON documents
WHEN EXISTS (SELECT 1 FROM documents WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_versions_are_not_replaced_on_insert BEFORE INSERT ON document_versions
WHEN EXISTS (SELECT 1 FROM document_versions WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND document_id = NEW.document_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_versions_are_not_replaced_on_update BEFORE UPDATE ON document_versions
WHEN EXISTS (SELECT 1 FROM document_versions WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND document_id = NEW.document_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER events_are_not_replaced_on_insert BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE rowid = NEW.rowid OR id = NEW.id OR firm_id = NEW.firm_id AND uid = NEW.uid)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER events_are_not_replaced_on_update BEFORE UPDATE ON events
WHEN EXISTS (SELECT 1 FROM events WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id
  OR firm_id = NEW.firm_id AND uid = NEW.uid))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER event_changes_are_not_replaced_on_insert BEFORE INSERT ON event_changes
WHEN EXISTS (SELECT 1 FROM event_changes WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND event_id = NEW.event_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER correspondence_are_not_replaced_on_insert BEFORE INSERT ON correspondence
WHEN EXISTS (SELECT 1 FROM correspondence WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER correspondence_are_not_replaced_on_update BEFORE UPDATE ON correspondence
WHEN EXISTS (SELECT 1 FROM correspondence WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER third_party_records_are_not_replaced_on_insert BEFORE INSERT ON third_party_records
WHEN EXISTS (SELECT 1 FROM third_party_records WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER third_party_records_are_not_replaced_on_update BEFORE UPDATE ON third_party_records
WHEN EXISTS (SELECT 1 FROM third_party_records WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoices_are_not_replaced_on_insert BEFORE INSERT ON invoices
WHEN EXISTS (SELECT 1 FROM invoices WHERE rowid = NEW.rowid OR id = NEW.id OR firm_id = NEW.firm_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoices_are_not_replaced_on_update BEFORE UPDATE ON invoices
WHEN EXISTS (SELECT 1 FROM invoices WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id
  OR firm_id = NEW.firm_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_lines_are_not_replaced_on_insert BEFORE INSERT ON invoice_lines
WHEN EXISTS (SELECT 1 FROM invoice_lines WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_lines_are_not_replaced_on_update BEFORE UPDATE ON invoice_lines
WHEN EXISTS (SELECT 1 FROM invoice_lines WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND position = NEW.position))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER invoice_shares_are_not_replaced_on_insert BEFORE INSERT ON invoice_shares
WHEN EXISTS (SELECT 1 FROM invoice_shares WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND participant_id = NEW.participant_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER payments_are_not_replaced_on_insert BEFORE INSERT ON payments
WHEN EXISTS (SELECT 1 FROM payments WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER payments_are_not_replaced_on_update BEFORE UPDATE ON payments
WHEN EXISTS (SELECT 1 FROM payments WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER allocations_are_not_replaced_on_insert BEFORE INSERT ON allocations
WHEN EXISTS (SELECT 1 FROM allocations WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND payment_id = NEW.payment_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER credits_are_not_replaced_on_insert BEFORE INSERT ON credits
WHEN EXISTS (SELECT 1 FROM credits WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER trust_entries_are_not_replaced_on_insert BEFORE INSERT ON trust_entries
WHEN EXISTS (SELECT 1 FROM trust_entries WHERE rowid = NEW.rowid OR id = NEW.id
  OR firm_id = NEW.firm_id AND payment_id = NEW.payment_id
  OR firm_id = NEW.firm_id AND participant_id = NEW.participant_id AND currency = NEW.currency AND position = NEW.position
  OR firm_id = NEW.firm_id AND reverses_id = NEW.reverses_id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER trust_entries_are_not_replaced_on_update BEFORE UPDATE ON trust_entries
WHEN EXISTS (SELECT 1 FROM trust_entries WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id
  OR firm_id = NEW.firm_id AND payment_id = NEW.payment_id
  OR firm_id = NEW.firm_id AND participant_id = NEW.participant_id AND currency = NEW.currency AND position = NEW.position
  OR firm_id = NEW.firm_id AND reverses_id = NEW.reverses_id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

-- People may be added again, which does nothing where they are there; so of what is inserted this alone is judged: nobody takes
-- the place of one who works on a case without being staff.

CREATE TRIGGER people_on_a_case_are_staff_on_insert BEFORE INSERT ON people
WHEN NEW.kind <> 'STAFF' AND EXISTS (SELECT 1 FROM case_staff s WHERE s.firm_id = NEW.firm_id AND s.person_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'only staff work on a case'); END;

CREATE TRIGGER people_are_not_replaced_on_update BEFORE UPDATE ON people
WHEN EXISTS (SELECT 1 FROM people WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid OR id = NEW.id
  OR firm_id = NEW.firm_id AND email = NEW.email))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

-- What a docket says of seals, or what was doubtful in it, is looked at before the line's paper is shared.

CREATE TRIGGER document_releases_wait_for_review BEFORE INSERT ON document_releases
WHEN EXISTS (SELECT 1 FROM docket_entries e
  JOIN docket_reviews r ON r.firm_id = e.firm_id AND r.case_id = e.case_id AND r.entry_key = e.entry_key
  WHERE e.firm_id = NEW.firm_id AND e.document_id = NEW.document_id AND r.settled_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'a paper whose docket line waits for review is not released'); END;

-- Whoever approves a release, grants an item or decides on a change that was read is of the firm's staff.

CREATE TRIGGER case_releases_are_approved_by_staff BEFORE INSERT ON case_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER milestone_releases_are_approved_by_staff BEFORE INSERT ON milestone_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER document_releases_are_approved_by_staff BEFORE INSERT ON document_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER invoice_releases_are_approved_by_staff BEFORE INSERT ON invoice_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER billing_note_releases_are_approved_by_staff BEFORE INSERT ON billing_note_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER event_releases_are_approved_by_staff BEFORE INSERT ON event_releases
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.approved_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff approve a release'); END;

CREATE TRIGGER item_grants_are_granted_by_staff_on_insert BEFORE INSERT ON item_grants
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.granted_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff grant an item'); END;

CREATE TRIGGER item_grants_are_granted_by_staff_on_update BEFORE UPDATE OF granted_by ON item_grants
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.granted_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff grant an item'); END;

CREATE TRIGGER proposed_event_changes_are_decided_by_staff_on_insert BEFORE INSERT ON proposed_event_changes
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.decided_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff decide on a change that was proposed'); END;

CREATE TRIGGER proposed_event_changes_are_decided_by_staff_on_update BEFORE UPDATE OF decided_by ON proposed_event_changes
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.decided_by) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff decide on a change that was proposed'); END;

-- An attorney who is at the firm decides against a gate, and settles a review.

CREATE TRIGGER document_overrides_are_made_by_attorneys_on_insert BEFORE INSERT ON document_overrides
WHEN NOT EXISTS (SELECT 1 FROM people
  WHERE firm_id = NEW.firm_id AND id = NEW.attorney_id AND staff_role = 'ATTORNEY' AND is_active)
BEGIN SELECT RAISE(ABORT, 'only an attorney of the firm decides against a gate'); END;

CREATE TRIGGER document_overrides_are_made_by_attorneys_on_update BEFORE UPDATE OF attorney_id ON document_overrides
WHEN NOT EXISTS (SELECT 1 FROM people
  WHERE firm_id = NEW.firm_id AND id = NEW.attorney_id AND staff_role = 'ATTORNEY' AND is_active)
BEGIN SELECT RAISE(ABORT, 'only an attorney of the firm decides against a gate'); END;

CREATE TRIGGER docket_reviews_are_settled_by_attorneys_on_insert BEFORE INSERT ON docket_reviews
WHEN NEW.settled_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people
  WHERE firm_id = NEW.firm_id AND id = NEW.settled_by AND staff_role = 'ATTORNEY' AND is_active)
BEGIN SELECT RAISE(ABORT, 'only an attorney of the firm settles a review'); END;

CREATE TRIGGER docket_reviews_are_settled_by_attorneys_on_update BEFORE UPDATE OF settled_by ON docket_reviews
WHEN NEW.settled_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people
  WHERE firm_id = NEW.firm_id AND id = NEW.settled_by AND staff_role = 'ATTORNEY' AND is_active)
BEGIN SELECT RAISE(ABORT, 'only an attorney of the firm settles a review'); END;

CREATE TRIGGER proposed_event_changes_are_not_replaced_on_insert BEFORE INSERT ON proposed_event_changes
WHEN EXISTS (SELECT 1 FROM proposed_event_changes WHERE rowid = NEW.rowid
  OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER proposed_event_changes_are_not_replaced_on_update BEFORE UPDATE ON proposed_event_changes
WHEN EXISTS (SELECT 1 FROM proposed_event_changes WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_overrides_are_not_replaced_on_insert BEFORE INSERT ON document_overrides
WHEN EXISTS (SELECT 1 FROM document_overrides WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND document_id = NEW.document_id AND gate = NEW.gate)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER document_overrides_are_not_replaced_on_update BEFORE UPDATE ON document_overrides
WHEN EXISTS (SELECT 1 FROM document_overrides WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND document_id = NEW.document_id AND gate = NEW.gate))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER docket_reviews_are_not_replaced_on_insert BEFORE INSERT ON docket_reviews
WHEN EXISTS (SELECT 1 FROM docket_reviews WHERE rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND case_id = NEW.case_id AND place = NEW.place AND code = NEW.code
  AND sentence = NEW.sentence AND entry_key = NEW.entry_key)
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

CREATE TRIGGER docket_reviews_are_not_replaced_on_update BEFORE UPDATE ON docket_reviews
WHEN EXISTS (SELECT 1 FROM docket_reviews WHERE rowid <> OLD.rowid
  AND (rowid = NEW.rowid
  OR firm_id = NEW.firm_id AND case_id = NEW.case_id AND place = NEW.place AND code = NEW.code
  AND sentence = NEW.sentence AND entry_key = NEW.entry_key))
BEGIN SELECT RAISE(ABORT, 'a row that is there is not replaced'); END;

-- An invoice is made void only where nothing was paid or credited, payments on their way included. A payment that was taken
-- or given back is none.

CREATE TRIGGER invoices_are_void_unpaid BEFORE UPDATE ON invoices
WHEN NEW.state = 'VOID' AND OLD.state <> 'VOID' AND (EXISTS (SELECT 1 FROM allocations a
    JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id
    WHERE a.firm_id = OLD.firm_id AND a.invoice_id = OLD.id AND p.state IN ('PENDING', 'CLEARED'))
  OR EXISTS (SELECT 1 FROM credits c WHERE c.firm_id = OLD.firm_id AND c.invoice_id = OLD.id))
BEGIN SELECT RAISE(ABORT, 'an invoice of which something was paid or credited is not made void: take that back first'); END;

-- No more of a payment is applied than it comes to.

CREATE TRIGGER allocations_are_within_their_payment AFTER INSERT ON allocations
WHEN (SELECT sum(a.amount) FROM allocations a WHERE a.firm_id = NEW.firm_id AND a.payment_id = NEW.payment_id)
  > (SELECT p.amount FROM payments p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'no more of a payment is applied than it comes to'); END;

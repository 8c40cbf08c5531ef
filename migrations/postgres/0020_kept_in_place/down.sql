DO $$
DECLARE
  it record;
BEGIN
  FOR it IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conname LIKE '%\_within\_years'
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', it.of, it.conname);
  END LOOP;
END
$$;
DROP TRIGGER people_are_not_moved_blindly ON people;
DROP TRIGGER invoices_are_not_voided_blindly ON invoices;
DROP TRIGGER allocations_are_not_written_blindly ON allocations;
DROP TRIGGER trust_entries_are_not_written_blindly ON trust_entries;
DROP TRIGGER event_releases_are_not_written_blindly ON event_releases;
DROP TRIGGER billing_note_releases_are_not_written_blindly ON billing_note_releases;
DROP TRIGGER invoice_releases_are_not_written_blindly ON invoice_releases;
DROP TRIGGER document_releases_are_not_written_blindly ON document_releases;
DROP TRIGGER milestone_releases_are_not_written_blindly ON milestone_releases;
DROP TRIGGER case_releases_are_not_written_blindly ON case_releases;
DROP TRIGGER allocations_are_within_their_payment ON allocations;
DROP FUNCTION refuse_excess;
DROP TRIGGER invoices_are_void_unpaid ON invoices;
DROP FUNCTION is_paid_or_credited;
DROP TRIGGER docket_reviews_are_settled_by_attorneys ON docket_reviews;
DROP TRIGGER document_overrides_are_made_by_attorneys ON document_overrides;
DROP FUNCTION is_attorney;
DROP TRIGGER proposed_event_changes_are_decided_by_staff ON proposed_event_changes;
DROP TRIGGER item_grants_are_granted_by_staff ON item_grants;
DROP TRIGGER event_releases_are_approved_by_staff ON event_releases;
DROP TRIGGER billing_note_releases_are_approved_by_staff ON billing_note_releases;
DROP TRIGGER invoice_releases_are_approved_by_staff ON invoice_releases;
DROP TRIGGER document_releases_are_approved_by_staff ON document_releases;
DROP TRIGGER milestone_releases_are_approved_by_staff ON milestone_releases;
DROP TRIGGER case_releases_are_approved_by_staff ON case_releases;
DROP TRIGGER document_releases_wait_for_review ON document_releases;
DROP FUNCTION waits_for_review;
DROP TRIGGER event_release_audiences_end_with_their_release ON event_release_audiences;
DROP TRIGGER event_release_audiences_stay_named ON event_release_audiences;
DROP TRIGGER billing_note_release_audiences_end_with_their_release ON billing_note_release_audiences;
DROP TRIGGER billing_note_release_audiences_stay_named ON billing_note_release_audiences;
DROP TRIGGER invoice_release_audiences_end_with_their_release ON invoice_release_audiences;
DROP TRIGGER invoice_release_audiences_stay_named ON invoice_release_audiences;
DROP TRIGGER document_release_audiences_end_with_their_release ON document_release_audiences;
DROP TRIGGER document_release_audiences_stay_named ON document_release_audiences;
DROP TRIGGER milestone_release_audiences_end_with_their_release ON milestone_release_audiences;
DROP TRIGGER milestone_release_audiences_stay_named ON milestone_release_audiences;
DROP TRIGGER case_release_audiences_end_with_their_release ON case_release_audiences;
DROP TRIGGER case_release_audiences_stay_named ON case_release_audiences;
DROP FUNCTION was_ended;
DROP FUNCTION may_run;
DROP TRIGGER document_versions_stay_as_pinned ON document_versions;
DROP FUNCTION is_pinned;
DROP TRIGGER participants_stay_in_their_role ON participants;
DROP TRIGGER participants_stay_with_their_person ON participants;
DROP TRIGGER third_party_records_stay_in_their_case ON third_party_records;
DROP TRIGGER correspondence_stay_in_their_case ON correspondence;
DROP TRIGGER events_stay_in_their_case ON events;
DROP TRIGGER invoices_stay_in_their_case ON invoices;
DROP TRIGGER documents_stay_in_their_case ON documents;
DROP TRIGGER milestones_stay_in_their_case ON milestones;

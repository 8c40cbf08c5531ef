-- Firms' own systems write these tables, too. What people outside read rests on them, so the tables themselves keep what the
-- service promises. Writes from now on are judged; rows that are otherwise from before stay as they are, until somebody
-- writes them anew.

-- A release ends as it was told to: no later than it expires or was withdrawn, and one that was dropped never runs.

CREATE TRIGGER case_releases_end_as_told_on_insert BEFORE INSERT ON case_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER case_releases_end_as_told_on_update BEFORE UPDATE ON case_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER milestone_releases_end_as_told_on_insert BEFORE INSERT ON milestone_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER milestone_releases_end_as_told_on_update BEFORE UPDATE ON milestone_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER document_releases_end_as_told_on_insert BEFORE INSERT ON document_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER document_releases_end_as_told_on_update BEFORE UPDATE ON document_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER invoice_releases_end_as_told_on_insert BEFORE INSERT ON invoice_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER invoice_releases_end_as_told_on_update BEFORE UPDATE ON invoice_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER billing_note_releases_end_as_told_on_insert BEFORE INSERT ON billing_note_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER billing_note_releases_end_as_told_on_update BEFORE UPDATE ON billing_note_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER event_releases_end_as_told_on_insert BEFORE INSERT ON event_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

CREATE TRIGGER event_releases_end_as_told_on_update BEFORE UPDATE ON event_releases
WHEN NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at)
BEGIN SELECT RAISE(ABORT, 'a release ends no later than it expires or is withdrawn, and one that was dropped never runs'); END;

-- Wording, audience and time are as somebody approved them; only when it ends may still be said, and once.

CREATE TRIGGER case_releases_stay_as_approved BEFORE UPDATE ON case_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.case_id IS NOT OLD.case_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.title IS NOT OLD.title
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER milestone_releases_stay_as_approved BEFORE UPDATE ON milestone_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.milestone_id IS NOT OLD.milestone_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.title IS NOT OLD.title
  OR NEW.what_happened IS NOT OLD.what_happened
  OR NEW.what_comes_next IS NOT OLD.what_comes_next
  OR NEW.occurred_on IS NOT OLD.occurred_on
  OR NEW.expected_on IS NOT OLD.expected_on
  OR NEW.expected_precision IS NOT OLD.expected_precision
  OR NEW.progress IS NOT OLD.progress
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER document_releases_stay_as_approved BEFORE UPDATE ON document_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.document_id IS NOT OLD.document_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.label IS NOT OLD.label
  OR NEW.explanation IS NOT OLD.explanation
  OR NEW.pinned_number IS NOT OLD.pinned_number
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER invoice_releases_stay_as_approved BEFORE UPDATE ON invoice_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.invoice_id IS NOT OLD.invoice_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.note IS NOT OLD.note
  OR NEW.about_event IS NOT OLD.about_event
  OR NEW.about_payment IS NOT OLD.about_payment
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER billing_note_releases_stay_as_approved BEFORE UPDATE ON billing_note_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.case_id IS NOT OLD.case_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.body IS NOT OLD.body
  OR NEW.next_invoice_on IS NOT OLD.next_invoice_on
  OR NEW.about_event IS NOT OLD.about_event
  OR NEW.about_payment IS NOT OLD.about_payment
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER event_releases_stay_as_approved BEFORE UPDATE ON event_releases
WHEN NEW.firm_id IS NOT OLD.firm_id
  OR NEW.id IS NOT OLD.id
  OR NEW.event_id IS NOT OLD.event_id
  OR NEW.audience IS NOT OLD.audience
  OR NEW.released_from IS NOT OLD.released_from
  OR NEW.expires_at IS NOT OLD.expires_at
  OR NEW.approved_by IS NOT OLD.approved_by
  OR NEW.approved_at IS NOT OLD.approved_at
  OR NEW.withheld_reason IS NOT OLD.withheld_reason
  OR NEW.title IS NOT OLD.title
  OR NEW.bring IS NOT OLD.bring
  OR NEW.you_should_attend IS NOT OLD.you_should_attend
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NOT OLD.dropped_at
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER case_release_audiences_stay_as_approved BEFORE UPDATE ON case_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER milestone_release_audiences_stay_as_approved BEFORE UPDATE ON milestone_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER document_release_audiences_stay_as_approved BEFORE UPDATE ON document_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER invoice_release_audiences_stay_as_approved BEFORE UPDATE ON invoice_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER billing_note_release_audiences_stay_as_approved BEFORE UPDATE ON billing_note_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER event_release_audiences_stay_as_approved BEFORE UPDATE ON event_release_audiences
BEGIN SELECT RAISE(ABORT, 'an approved release does not change but for its end'); END;

CREATE TRIGGER event_changes_stay_as_told BEFORE UPDATE ON event_changes
BEGIN SELECT RAISE(ABORT, 'a change of an event that was written down does not change'); END;

-- Whoever is named takes part in the case, and what is granted one by one is of the case that it is granted for.

CREATE TRIGGER case_release_audiences_are_of_the_case BEFORE INSERT ON case_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM case_releases r JOIN cases i ON i.firm_id = r.firm_id AND i.id = r.case_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER milestone_release_audiences_are_of_the_case BEFORE INSERT ON milestone_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM milestone_releases r JOIN milestones i ON i.firm_id = r.firm_id AND i.id = r.milestone_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.case_id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER document_release_audiences_are_of_the_case BEFORE INSERT ON document_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM document_releases r JOIN documents i ON i.firm_id = r.firm_id AND i.id = r.document_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.case_id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER invoice_release_audiences_are_of_the_case BEFORE INSERT ON invoice_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM invoice_releases r JOIN invoices i ON i.firm_id = r.firm_id AND i.id = r.invoice_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.case_id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER billing_note_release_audiences_are_of_the_case BEFORE INSERT ON billing_note_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM billing_note_releases r JOIN cases i ON i.firm_id = r.firm_id AND i.id = r.case_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER event_release_audiences_are_of_the_case BEFORE INSERT ON event_release_audiences
WHEN NOT EXISTS (SELECT 1 FROM event_releases r JOIN events i ON i.firm_id = r.firm_id AND i.id = r.event_id
  JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.case_id
  WHERE r.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND r.id = NEW.release_id)
BEGIN SELECT RAISE(ABORT, 'a release names those alone who take part in its case'); END;

CREATE TRIGGER item_grants_are_of_the_case_on_insert BEFORE INSERT ON item_grants
WHEN NOT EXISTS (SELECT 1 FROM participants p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND (
    EXISTS (SELECT 1 FROM documents i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM events i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM correspondence i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM third_party_records i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)))
BEGIN SELECT RAISE(ABORT, 'only a document, an event, a letter or a record of the same case is granted'); END;

CREATE TRIGGER item_grants_are_of_the_case_on_update BEFORE UPDATE ON item_grants
WHEN NOT EXISTS (SELECT 1 FROM participants p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.participant_id AND (
    EXISTS (SELECT 1 FROM documents i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM events i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM correspondence i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)
    OR EXISTS (SELECT 1 FROM third_party_records i WHERE i.firm_id = p.firm_id AND i.id = NEW.item_id AND i.case_id = p.case_id)))
BEGIN SELECT RAISE(ABORT, 'only a document, an event, a letter or a record of the same case is granted'); END;

-- A part in a case is in that case for good, and once it has ended it stays so: a new one is a new row.

CREATE TRIGGER participants_stay_ended BEFORE UPDATE ON participants
WHEN OLD.state = 'ENDED' AND NEW.state <> 'ENDED'
BEGIN SELECT RAISE(ABORT, 'a part in a case that has ended stays ended; a new one is a new row'); END;

CREATE TRIGGER participants_stay_in_their_case BEFORE UPDATE ON participants
WHEN NEW.firm_id IS NOT OLD.firm_id OR NEW.case_id IS NOT OLD.case_id
BEGIN SELECT RAISE(ABORT, 'a part in a case stays in that case'); END;

-- Whoever works on a case is of the firm's staff.

CREATE TRIGGER case_staff_are_staff_on_insert BEFORE INSERT ON case_staff
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.person_id) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff work on a case'); END;

CREATE TRIGGER case_staff_are_staff_on_update BEFORE UPDATE ON case_staff
WHEN (SELECT kind FROM people WHERE firm_id = NEW.firm_id AND id = NEW.person_id) <> 'STAFF'
BEGIN SELECT RAISE(ABORT, 'only staff work on a case'); END;

CREATE TRIGGER people_on_a_case_stay_staff BEFORE UPDATE ON people
WHEN OLD.kind = 'STAFF' AND NEW.kind <> 'STAFF'
  AND EXISTS (SELECT 1 FROM case_staff s WHERE s.firm_id = OLD.firm_id AND s.person_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'only staff work on a case'); END;

-- At any instant at most one release of an item is open. A later one ends the one before it, which is written first.

CREATE TRIGGER case_releases_run_one_at_a_time_on_insert AFTER INSERT ON case_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM case_releases r
  WHERE r.firm_id = NEW.firm_id AND r.case_id = NEW.case_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER case_releases_run_one_at_a_time_on_update AFTER UPDATE ON case_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM case_releases r
  WHERE r.firm_id = NEW.firm_id AND r.case_id = NEW.case_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER milestone_releases_run_one_at_a_time_on_insert AFTER INSERT ON milestone_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM milestone_releases r
  WHERE r.firm_id = NEW.firm_id AND r.milestone_id = NEW.milestone_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER milestone_releases_run_one_at_a_time_on_update AFTER UPDATE ON milestone_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM milestone_releases r
  WHERE r.firm_id = NEW.firm_id AND r.milestone_id = NEW.milestone_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER document_releases_run_one_at_a_time_on_insert AFTER INSERT ON document_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM document_releases r
  WHERE r.firm_id = NEW.firm_id AND r.document_id = NEW.document_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER document_releases_run_one_at_a_time_on_update AFTER UPDATE ON document_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM document_releases r
  WHERE r.firm_id = NEW.firm_id AND r.document_id = NEW.document_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER invoice_releases_run_one_at_a_time_on_insert AFTER INSERT ON invoice_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM invoice_releases r
  WHERE r.firm_id = NEW.firm_id AND r.invoice_id = NEW.invoice_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER invoice_releases_run_one_at_a_time_on_update AFTER UPDATE ON invoice_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM invoice_releases r
  WHERE r.firm_id = NEW.firm_id AND r.invoice_id = NEW.invoice_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER billing_note_releases_run_one_at_a_time_on_insert AFTER INSERT ON billing_note_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM billing_note_releases r
  WHERE r.firm_id = NEW.firm_id AND r.case_id = NEW.case_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER billing_note_releases_run_one_at_a_time_on_update AFTER UPDATE ON billing_note_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM billing_note_releases r
  WHERE r.firm_id = NEW.firm_id AND r.case_id = NEW.case_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER event_releases_run_one_at_a_time_on_insert AFTER INSERT ON event_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM event_releases r
  WHERE r.firm_id = NEW.firm_id AND r.event_id = NEW.event_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

CREATE TRIGGER event_releases_run_one_at_a_time_on_update AFTER UPDATE ON event_releases
WHEN NEW.released_from < NEW.released_until AND EXISTS (SELECT 1 FROM event_releases r
  WHERE r.firm_id = NEW.firm_id AND r.event_id = NEW.event_id AND r.id <> NEW.id AND r.released_from < r.released_until
  AND r.released_from < NEW.released_until AND NEW.released_from < r.released_until)
BEGIN SELECT RAISE(ABORT, 'at most one release of an item is open at a time; end the one before it first'); END;

-- A ledger of trust is below zero at no date, backdated entries included. What comes in counts from the day on which it
-- cleared; what goes out from the day of its entry, cleared or not; what takes back an entry that never cleared undoes just
-- what that one counted. What comes in is not judged, so a ledger that is below zero from before can be filled up.

CREATE TRIGGER trust_entries_are_covered_on_insert AFTER INSERT ON trust_entries
WHEN (NEW.amount < 0 OR EXISTS (SELECT 1 FROM trust_entries o WHERE o.firm_id = NEW.firm_id AND o.reverses_id = NEW.id))
  AND EXISTS (SELECT 1 FROM (
    SELECT sum(d.amount) OVER (ORDER BY d.counts_from) AS held FROM (
      SELECT e.amount, CASE WHEN r.id IS NOT NULL AND r.cleared_on IS NULL
        THEN CASE WHEN e.amount > 0 THEN e.entered_on END
        ELSE CASE WHEN e.amount > 0 THEN e.cleared_on ELSE e.entered_on END END AS counts_from
      FROM trust_entries e LEFT JOIN trust_entries r ON r.firm_id = e.firm_id AND r.id = e.reverses_id
      WHERE e.firm_id = NEW.firm_id AND e.participant_id = NEW.participant_id AND e.currency = NEW.currency) d
    WHERE d.counts_from IS NOT NULL) h WHERE h.held < 0)
BEGIN SELECT RAISE(ABORT, 'a ledger of trust is below zero at no date'); END;

CREATE TRIGGER trust_entries_are_covered_on_update AFTER UPDATE ON trust_entries
WHEN (NEW.amount < 0 OR EXISTS (SELECT 1 FROM trust_entries o WHERE o.firm_id = NEW.firm_id AND o.reverses_id = NEW.id))
  AND EXISTS (SELECT 1 FROM (
    SELECT sum(d.amount) OVER (ORDER BY d.counts_from) AS held FROM (
      SELECT e.amount, CASE WHEN r.id IS NOT NULL AND r.cleared_on IS NULL
        THEN CASE WHEN e.amount > 0 THEN e.entered_on END
        ELSE CASE WHEN e.amount > 0 THEN e.cleared_on ELSE e.entered_on END END AS counts_from
      FROM trust_entries e LEFT JOIN trust_entries r ON r.firm_id = e.firm_id AND r.id = e.reverses_id
      WHERE e.firm_id = NEW.firm_id AND e.participant_id = NEW.participant_id AND e.currency = NEW.currency) d
    WHERE d.counts_from IS NOT NULL) h WHERE h.held < 0)
BEGIN SELECT RAISE(ABORT, 'a ledger of trust is below zero at no date'); END;

-- What a wording about money refers to is of its case, and is there as long as the wording.

CREATE TRIGGER invoice_releases_are_about_their_case BEFORE INSERT ON invoice_releases
WHEN NEW.about_event IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e WHERE e.firm_id = NEW.firm_id AND e.id = NEW.about_event
    AND e.case_id = (SELECT case_id FROM invoices WHERE firm_id = NEW.firm_id AND id = NEW.invoice_id))
  OR NEW.about_payment IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.about_payment
    AND p.case_id = (SELECT case_id FROM invoices WHERE firm_id = NEW.firm_id AND id = NEW.invoice_id))
BEGIN SELECT RAISE(ABORT, 'a release is about an event and a payment of its own case'); END;

CREATE TRIGGER billing_note_releases_are_about_their_case BEFORE INSERT ON billing_note_releases
WHEN NEW.about_event IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e WHERE e.firm_id = NEW.firm_id AND e.id = NEW.about_event
    AND e.case_id = NEW.case_id)
  OR NEW.about_payment IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.about_payment
    AND p.case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'a release is about an event and a payment of its own case'); END;

CREATE TRIGGER events_stay_while_told_of BEFORE DELETE ON events
WHEN EXISTS (SELECT 1 FROM invoice_releases r WHERE r.firm_id = OLD.firm_id AND r.about_event = OLD.id)
  OR EXISTS (SELECT 1 FROM billing_note_releases r WHERE r.firm_id = OLD.firm_id AND r.about_event = OLD.id)
BEGIN SELECT RAISE(ABORT, 'an event that a release is about is not deleted'); END;

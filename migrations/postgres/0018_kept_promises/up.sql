-- Firms' own systems write these tables, too. What people outside read rests on them, so the tables themselves keep what the
-- service promises. Writes from now on are judged; rows that are otherwise from before stay as they are, until somebody
-- writes them anew.

-- A release ends as it was told to: no later than it expires or was withdrawn, and one that was dropped never runs.

CREATE TRIGGER case_releases_end_as_told BEFORE INSERT OR UPDATE ON case_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

CREATE TRIGGER milestone_releases_end_as_told BEFORE INSERT OR UPDATE ON milestone_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

CREATE TRIGGER document_releases_end_as_told BEFORE INSERT OR UPDATE ON document_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

CREATE TRIGGER invoice_releases_end_as_told BEFORE INSERT OR UPDATE ON invoice_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

CREATE TRIGGER billing_note_releases_end_as_told BEFORE INSERT OR UPDATE ON billing_note_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

CREATE TRIGGER event_releases_end_as_told BEFORE INSERT OR UPDATE ON event_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until AND (NEW.dropped_at IS NOT NULL
  OR NEW.released_until > NEW.expires_at OR NEW.released_until > NEW.withdrawn_at))
EXECUTE FUNCTION refuse_change('a release ends no later than it expires or is withdrawn, and one that was dropped never runs');

-- Wording, audience and time are as somebody approved them; only when it ends may still be said, and once.

CREATE TRIGGER case_releases_stay_as_approved BEFORE UPDATE ON case_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER milestone_releases_stay_as_approved BEFORE UPDATE ON milestone_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER document_releases_stay_as_approved BEFORE UPDATE ON document_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER invoice_releases_stay_as_approved BEFORE UPDATE ON invoice_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER billing_note_releases_stay_as_approved BEFORE UPDATE ON billing_note_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER event_releases_stay_as_approved BEFORE UPDATE ON event_releases FOR EACH ROW
WHEN (to_jsonb(NEW) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  IS DISTINCT FROM to_jsonb(OLD) - 'released_until' - 'withdrawn_at' - 'dropped_at'
  OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
  OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER case_release_audiences_stay_as_approved BEFORE UPDATE ON case_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER milestone_release_audiences_stay_as_approved BEFORE UPDATE ON milestone_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER document_release_audiences_stay_as_approved BEFORE UPDATE ON document_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER invoice_release_audiences_stay_as_approved BEFORE UPDATE ON invoice_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER billing_note_release_audiences_stay_as_approved BEFORE UPDATE ON billing_note_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER event_release_audiences_stay_as_approved BEFORE UPDATE ON event_release_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('an approved release does not change but for its end');

CREATE TRIGGER event_changes_stay_as_told BEFORE UPDATE ON event_changes FOR EACH ROW
EXECUTE FUNCTION refuse_change('a change of an event that was written down does not change');

-- Whoever is named takes part in the case, and what is granted one by one is of the case that it is granted for.

CREATE FUNCTION takes_part(firm TEXT, participant TEXT, release TEXT, releases TEXT, item TEXT, items TEXT, of_case TEXT)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I r JOIN %I i ON i.firm_id = r.firm_id AND i.id = r.%I '
    'JOIN participants p ON p.firm_id = i.firm_id AND p.case_id = i.%I WHERE r.firm_id = $1 AND p.id = $2 AND r.id = $3)',
    releases, items, item, of_case) INTO found USING firm, participant, release;
  RETURN found;
END
$$;

CREATE TRIGGER case_release_audiences_are_of_the_case BEFORE INSERT ON case_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'case_releases', 'case_id', 'cases', 'id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE TRIGGER milestone_release_audiences_are_of_the_case BEFORE INSERT ON milestone_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'milestone_releases', 'milestone_id', 'milestones', 'case_id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE TRIGGER document_release_audiences_are_of_the_case BEFORE INSERT ON document_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'document_releases', 'document_id', 'documents', 'case_id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE TRIGGER invoice_release_audiences_are_of_the_case BEFORE INSERT ON invoice_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'invoice_releases', 'invoice_id', 'invoices', 'case_id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE TRIGGER billing_note_release_audiences_are_of_the_case BEFORE INSERT ON billing_note_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'billing_note_releases', 'case_id', 'cases', 'id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE TRIGGER event_release_audiences_are_of_the_case BEFORE INSERT ON event_release_audiences FOR EACH ROW
WHEN (NOT takes_part(NEW.firm_id, NEW.participant_id, NEW.release_id, 'event_releases', 'event_id', 'events', 'case_id'))
EXECUTE FUNCTION refuse_change('a release names those alone who take part in its case');

CREATE FUNCTION is_grantable(firm TEXT, participant TEXT, item TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM participants p WHERE p.firm_id = firm AND p.id = participant AND (
    EXISTS (SELECT FROM documents i WHERE i.firm_id = firm AND i.id = item AND i.case_id = p.case_id)
    OR EXISTS (SELECT FROM events i WHERE i.firm_id = firm AND i.id = item AND i.case_id = p.case_id)
    OR EXISTS (SELECT FROM correspondence i WHERE i.firm_id = firm AND i.id = item AND i.case_id = p.case_id)
    OR EXISTS (SELECT FROM third_party_records i WHERE i.firm_id = firm AND i.id = item AND i.case_id = p.case_id)));
END
$$;

CREATE TRIGGER item_grants_are_of_the_case BEFORE INSERT OR UPDATE ON item_grants FOR EACH ROW
WHEN (NOT is_grantable(NEW.firm_id, NEW.participant_id, NEW.item_id))
EXECUTE FUNCTION refuse_change('only a document, an event, a letter or a record of the same case is granted');

-- A part in a case is in that case for good, and once it has ended it stays so: a new one is a new row.

CREATE TRIGGER participants_stay_ended BEFORE UPDATE ON participants FOR EACH ROW
WHEN (OLD.state = 'ENDED' AND NEW.state <> 'ENDED')
EXECUTE FUNCTION refuse_change('a part in a case that has ended stays ended; a new one is a new row');

CREATE TRIGGER participants_stay_in_their_case BEFORE UPDATE ON participants FOR EACH ROW
WHEN (NEW.firm_id IS DISTINCT FROM OLD.firm_id OR NEW.case_id IS DISTINCT FROM OLD.case_id)
EXECUTE FUNCTION refuse_change('a part in a case stays in that case');

-- Whoever works on a case is of the firm's staff.

-- The row is locked, so that a case and the change of who works on it can't pass one another.
CREATE FUNCTION is_staff(firm TEXT, person TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  known TEXT;
BEGIN
  SELECT kind INTO known FROM people WHERE firm_id = firm AND id = person FOR SHARE;
  RETURN known = 'STAFF';
END
$$;

CREATE FUNCTION is_on_a_case(firm TEXT, person TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM case_staff WHERE firm_id = firm AND person_id = person);
END
$$;

CREATE TRIGGER case_staff_are_staff BEFORE INSERT OR UPDATE ON case_staff FOR EACH ROW
WHEN (NOT is_staff(NEW.firm_id, NEW.person_id))
EXECUTE FUNCTION refuse_change('only staff work on a case');

CREATE TRIGGER people_on_a_case_stay_staff BEFORE UPDATE ON people FOR EACH ROW
WHEN (OLD.kind = 'STAFF' AND NEW.kind <> 'STAFF' AND is_on_a_case(OLD.firm_id, OLD.id))
EXECUTE FUNCTION refuse_change('only staff work on a case');

-- At any instant at most one release of an item is open. A later one ends the one before it, which is written first.

-- The item is locked, so that of two releases at once the second sees the first. Looks at what the whole statement leaves.
CREATE FUNCTION refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT FROM %I WHERE firm_id = ($1).firm_id AND id = ($1).%I FOR NO KEY UPDATE', TG_ARGV[1], TG_ARGV[0])
    USING NEW;
  EXECUTE format('SELECT EXISTS (SELECT FROM %I r WHERE r.firm_id = ($1).firm_id AND r.%I = ($1).%I AND r.id <> ($1).id '
    'AND r.released_from < r.released_until AND r.released_from < ($1).released_until '
    'AND ($1).released_from < r.released_until)', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[0]) INTO found USING NEW;
  IF found THEN
    RAISE EXCEPTION 'at most one release of an item is open at a time; end the one before it first' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER case_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON case_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('case_id', 'cases');

CREATE TRIGGER milestone_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON milestone_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('milestone_id', 'milestones');

CREATE TRIGGER document_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON document_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('document_id', 'documents');

CREATE TRIGGER invoice_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON invoice_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('invoice_id', 'invoices');

CREATE TRIGGER billing_note_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON billing_note_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('case_id', 'cases');

CREATE TRIGGER event_releases_run_one_at_a_time AFTER INSERT OR UPDATE ON event_releases FOR EACH ROW
WHEN (NEW.released_from < NEW.released_until) EXECUTE FUNCTION refuse_overlap('event_id', 'events');

-- A ledger of trust is below zero at no date, backdated entries included. What comes in counts from the day on which it
-- cleared; what goes out from the day of its entry, cleared or not; what takes back an entry that never cleared undoes just
-- what that one counted. What comes in is not judged, so a ledger that is below zero from before can be filled up.

-- The ledger is locked, so that of two entries at once the second sees the first.
CREATE FUNCTION refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM trust_ledgers l WHERE l.firm_id = NEW.firm_id AND l.participant_id = NEW.participant_id
    AND l.currency = NEW.currency FOR NO KEY UPDATE;
  IF (NEW.amount < 0 OR EXISTS (SELECT 1 FROM trust_entries o WHERE o.firm_id = NEW.firm_id AND o.reverses_id = NEW.id))
  AND EXISTS (SELECT 1 FROM (
    SELECT sum(d.amount) OVER (ORDER BY d.counts_from) AS held FROM (
      SELECT e.amount, CASE WHEN r.id IS NOT NULL AND r.cleared_on IS NULL
        THEN CASE WHEN e.amount > 0 THEN e.entered_on END
        ELSE CASE WHEN e.amount > 0 THEN e.cleared_on ELSE e.entered_on END END AS counts_from
      FROM trust_entries e LEFT JOIN trust_entries r ON r.firm_id = e.firm_id AND r.id = e.reverses_id
      WHERE e.firm_id = NEW.firm_id AND e.participant_id = NEW.participant_id AND e.currency = NEW.currency) d
    WHERE d.counts_from IS NOT NULL) h WHERE h.held < 0)
  THEN
    RAISE EXCEPTION 'a ledger of trust is below zero at no date' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER trust_entries_are_covered AFTER INSERT OR UPDATE ON trust_entries FOR EACH ROW
EXECUTE FUNCTION refuse_overdraft();

-- What a wording about money refers to is of its case, and is there as long as the wording.

CREATE FUNCTION is_of_case(firm TEXT, its_case TEXT, event TEXT, payment TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (event IS NULL OR EXISTS (SELECT FROM events e WHERE e.firm_id = firm AND e.id = event AND e.case_id = its_case))
    AND (payment IS NULL OR EXISTS (SELECT FROM payments p WHERE p.firm_id = firm AND p.id = payment AND p.case_id = its_case));
END
$$;

CREATE FUNCTION case_of_invoice(firm TEXT, invoice TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT i.case_id FROM invoices i WHERE i.firm_id = firm AND i.id = invoice);
END
$$;

CREATE TRIGGER invoice_releases_are_about_their_case BEFORE INSERT ON invoice_releases FOR EACH ROW
WHEN (NOT is_of_case(NEW.firm_id, case_of_invoice(NEW.firm_id, NEW.invoice_id), NEW.about_event, NEW.about_payment))
EXECUTE FUNCTION refuse_change('a release is about an event and a payment of its own case');

CREATE TRIGGER billing_note_releases_are_about_their_case BEFORE INSERT ON billing_note_releases FOR EACH ROW
WHEN (NOT is_of_case(NEW.firm_id, NEW.case_id, NEW.about_event, NEW.about_payment))
EXECUTE FUNCTION refuse_change('a release is about an event and a payment of its own case');

CREATE FUNCTION is_told_of(firm TEXT, event TEXT) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM invoice_releases WHERE firm_id = firm AND about_event = event)
    OR EXISTS (SELECT FROM billing_note_releases WHERE firm_id = firm AND about_event = event);
END
$$;

CREATE TRIGGER events_stay_while_told_of BEFORE DELETE ON events FOR EACH ROW
WHEN (is_told_of(OLD.firm_id, OLD.id))
EXECUTE FUNCTION refuse_change('an event that a release is about is not deleted');

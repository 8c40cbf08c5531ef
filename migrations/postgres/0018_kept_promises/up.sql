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

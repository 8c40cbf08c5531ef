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

-- SQLite keeps instants and days as text and compares them as text, so a spelling that sorts elsewhere would let a release
-- run on or a token live on: `2026-11-28T09:00:00` comes behind every hour of that day. There is one spelling of each:
-- `2026-11-28 09:00:00`, in UTC, a fraction of a second behind a point; and `2026-11-28`.

CREATE TRIGGER allocations_spell_times_on_insert BEFORE INSERT ON allocations
WHEN NEW.applied_on IS NOT date(NEW.applied_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER allocations_spell_times_on_update BEFORE UPDATE OF applied_on ON allocations
WHEN NEW.applied_on IS NOT date(NEW.applied_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER billing_note_releases_spell_times_on_insert BEFORE INSERT ON billing_note_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
  OR NEW.next_invoice_on IS NOT date(NEW.next_invoice_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER billing_note_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at, next_invoice_on ON billing_note_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
  OR NEW.next_invoice_on IS NOT date(NEW.next_invoice_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER case_releases_spell_times_on_insert BEFORE INSERT ON case_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER case_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at ON case_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER case_stages_spell_times_on_insert BEFORE INSERT ON case_stages
WHEN NEW.entered_at IS NOT datetime(substr(NEW.entered_at, 1, 19), '+0 days') || substr(NEW.entered_at, 20) OR substr(NEW.entered_at, 20) GLOB '[^.]*' OR substr(NEW.entered_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER case_stages_spell_times_on_update BEFORE UPDATE OF entered_at ON case_stages
WHEN NEW.entered_at IS NOT datetime(substr(NEW.entered_at, 1, 19), '+0 days') || substr(NEW.entered_at, 20) OR substr(NEW.entered_at, 20) GLOB '[^.]*' OR substr(NEW.entered_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER cases_spell_times_on_insert BEFORE INSERT ON cases
WHEN NEW.opened_on IS NOT date(NEW.opened_on, '+0 days')
  OR NEW.closed_on IS NOT date(NEW.closed_on, '+0 days')
  OR NEW.statute_of_limitations_on IS NOT date(NEW.statute_of_limitations_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER cases_spell_times_on_update BEFORE UPDATE OF opened_on, closed_on, statute_of_limitations_on ON cases
WHEN NEW.opened_on IS NOT date(NEW.opened_on, '+0 days')
  OR NEW.closed_on IS NOT date(NEW.closed_on, '+0 days')
  OR NEW.statute_of_limitations_on IS NOT date(NEW.statute_of_limitations_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER correspondence_spell_times_on_insert BEFORE INSERT ON correspondence
WHEN NEW.sent_at IS NOT datetime(substr(NEW.sent_at, 1, 19), '+0 days') || substr(NEW.sent_at, 20) OR substr(NEW.sent_at, 20) GLOB '[^.]*' OR substr(NEW.sent_at, 20) GLOB '?*[^0-9]*'
  OR NEW.offer_expires_on IS NOT date(NEW.offer_expires_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER correspondence_spell_times_on_update BEFORE UPDATE OF sent_at, offer_expires_on ON correspondence
WHEN NEW.sent_at IS NOT datetime(substr(NEW.sent_at, 1, 19), '+0 days') || substr(NEW.sent_at, 20) OR substr(NEW.sent_at, 20) GLOB '[^.]*' OR substr(NEW.sent_at, 20) GLOB '?*[^0-9]*'
  OR NEW.offer_expires_on IS NOT date(NEW.offer_expires_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER credits_spell_times_on_insert BEFORE INSERT ON credits
WHEN NEW.credited_on IS NOT date(NEW.credited_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER credits_spell_times_on_update BEFORE UPDATE OF credited_on ON credits
WHEN NEW.credited_on IS NOT date(NEW.credited_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_entries_spell_times_on_insert BEFORE INSERT ON docket_entries
WHEN NEW.filed_on IS NOT date(NEW.filed_on, '+0 days')
  OR NEW.entered_on IS NOT date(NEW.entered_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_entries_spell_times_on_update BEFORE UPDATE OF filed_on, entered_on ON docket_entries
WHEN NEW.filed_on IS NOT date(NEW.filed_on, '+0 days')
  OR NEW.entered_on IS NOT date(NEW.entered_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_reviews_spell_times_on_insert BEFORE INSERT ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER docket_reviews_spell_times_on_update BEFORE UPDATE OF restricted_on ON docket_reviews
WHEN NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_overrides_spell_times_on_insert BEFORE INSERT ON document_overrides
WHEN NEW.made_at IS NOT datetime(substr(NEW.made_at, 1, 19), '+0 days') || substr(NEW.made_at, 20) OR substr(NEW.made_at, 20) GLOB '[^.]*' OR substr(NEW.made_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_overrides_spell_times_on_update BEFORE UPDATE OF made_at ON document_overrides
WHEN NEW.made_at IS NOT datetime(substr(NEW.made_at, 1, 19), '+0 days') || substr(NEW.made_at, 20) OR substr(NEW.made_at, 20) GLOB '[^.]*' OR substr(NEW.made_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_releases_spell_times_on_insert BEFORE INSERT ON document_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at ON document_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_versions_spell_times_on_insert BEFORE INSERT ON document_versions
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER document_versions_spell_times_on_update BEFORE UPDATE OF added_at ON document_versions
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER documents_spell_times_on_insert BEFORE INSERT ON documents
WHEN NEW.filed_on IS NOT date(NEW.filed_on, '+0 days')
  OR NEW.delivered_on IS NOT date(NEW.delivered_on, '+0 days')
  OR NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
  OR NEW.restricted_until IS NOT datetime(substr(NEW.restricted_until, 1, 19), '+0 days') || substr(NEW.restricted_until, 20) OR substr(NEW.restricted_until, 20) GLOB '[^.]*' OR substr(NEW.restricted_until, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER documents_spell_times_on_update BEFORE UPDATE OF filed_on, delivered_on, restricted_on, restricted_until ON documents
WHEN NEW.filed_on IS NOT date(NEW.filed_on, '+0 days')
  OR NEW.delivered_on IS NOT date(NEW.delivered_on, '+0 days')
  OR NEW.restricted_on IS NOT date(NEW.restricted_on, '+0 days')
  OR NEW.restricted_until IS NOT datetime(substr(NEW.restricted_until, 1, 19), '+0 days') || substr(NEW.restricted_until, 20) OR substr(NEW.restricted_until, 20) GLOB '[^.]*' OR substr(NEW.restricted_until, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER ethical_walls_spell_times_on_insert BEFORE INSERT ON ethical_walls
WHEN NEW.since IS NOT datetime(substr(NEW.since, 1, 19), '+0 days') || substr(NEW.since, 20) OR substr(NEW.since, 20) GLOB '[^.]*' OR substr(NEW.since, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER ethical_walls_spell_times_on_update BEFORE UPDATE OF since ON ethical_walls
WHEN NEW.since IS NOT datetime(substr(NEW.since, 1, 19), '+0 days') || substr(NEW.since, 20) OR substr(NEW.since, 20) GLOB '[^.]*' OR substr(NEW.since, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER event_changes_spell_times_on_insert BEFORE INSERT ON event_changes
WHEN NEW.at IS NOT datetime(substr(NEW.at, 1, 19), '+0 days') || substr(NEW.at, 20) OR substr(NEW.at, 20) GLOB '[^.]*' OR substr(NEW.at, 20) GLOB '?*[^0-9]*'
  OR NEW.old_day IS NOT date(NEW.old_day, '+0 days')
  OR NEW.new_day IS NOT date(NEW.new_day, '+0 days')
  OR NEW.old_starts_at IS NOT datetime(substr(NEW.old_starts_at, 1, 19), '+0 days') || substr(NEW.old_starts_at, 20) OR substr(NEW.old_starts_at, 20) GLOB '[^.]*' OR substr(NEW.old_starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.new_starts_at IS NOT datetime(substr(NEW.new_starts_at, 1, 19), '+0 days') || substr(NEW.new_starts_at, 20) OR substr(NEW.new_starts_at, 20) GLOB '[^.]*' OR substr(NEW.new_starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.old_local_start IS NOT datetime(substr(NEW.old_local_start, 1, 19), '+0 days') || substr(NEW.old_local_start, 20) OR substr(NEW.old_local_start, 20) GLOB '[^.]*' OR substr(NEW.old_local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.new_local_start IS NOT datetime(substr(NEW.new_local_start, 1, 19), '+0 days') || substr(NEW.new_local_start, 20) OR substr(NEW.new_local_start, 20) GLOB '[^.]*' OR substr(NEW.new_local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.old_ends_at IS NOT datetime(substr(NEW.old_ends_at, 1, 19), '+0 days') || substr(NEW.old_ends_at, 20) OR substr(NEW.old_ends_at, 20) GLOB '[^.]*' OR substr(NEW.old_ends_at, 20) GLOB '?*[^0-9]*'
  OR NEW.new_ends_at IS NOT datetime(substr(NEW.new_ends_at, 1, 19), '+0 days') || substr(NEW.new_ends_at, 20) OR substr(NEW.new_ends_at, 20) GLOB '[^.]*' OR substr(NEW.new_ends_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER event_changes_spell_times_on_update BEFORE UPDATE OF at, old_day, new_day, old_starts_at, new_starts_at, old_local_start, new_local_start, old_ends_at, new_ends_at ON event_changes
WHEN NEW.at IS NOT datetime(substr(NEW.at, 1, 19), '+0 days') || substr(NEW.at, 20) OR substr(NEW.at, 20) GLOB '[^.]*' OR substr(NEW.at, 20) GLOB '?*[^0-9]*'
  OR NEW.old_day IS NOT date(NEW.old_day, '+0 days')
  OR NEW.new_day IS NOT date(NEW.new_day, '+0 days')
  OR NEW.old_starts_at IS NOT datetime(substr(NEW.old_starts_at, 1, 19), '+0 days') || substr(NEW.old_starts_at, 20) OR substr(NEW.old_starts_at, 20) GLOB '[^.]*' OR substr(NEW.old_starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.new_starts_at IS NOT datetime(substr(NEW.new_starts_at, 1, 19), '+0 days') || substr(NEW.new_starts_at, 20) OR substr(NEW.new_starts_at, 20) GLOB '[^.]*' OR substr(NEW.new_starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.old_local_start IS NOT datetime(substr(NEW.old_local_start, 1, 19), '+0 days') || substr(NEW.old_local_start, 20) OR substr(NEW.old_local_start, 20) GLOB '[^.]*' OR substr(NEW.old_local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.new_local_start IS NOT datetime(substr(NEW.new_local_start, 1, 19), '+0 days') || substr(NEW.new_local_start, 20) OR substr(NEW.new_local_start, 20) GLOB '[^.]*' OR substr(NEW.new_local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.old_ends_at IS NOT datetime(substr(NEW.old_ends_at, 1, 19), '+0 days') || substr(NEW.old_ends_at, 20) OR substr(NEW.old_ends_at, 20) GLOB '[^.]*' OR substr(NEW.old_ends_at, 20) GLOB '?*[^0-9]*'
  OR NEW.new_ends_at IS NOT datetime(substr(NEW.new_ends_at, 1, 19), '+0 days') || substr(NEW.new_ends_at, 20) OR substr(NEW.new_ends_at, 20) GLOB '[^.]*' OR substr(NEW.new_ends_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER event_releases_spell_times_on_insert BEFORE INSERT ON event_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER event_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at ON event_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER events_spell_times_on_insert BEFORE INSERT ON events
WHEN NEW.given_start IS NOT datetime(substr(NEW.given_start, 1, 19), '+0 days') || substr(NEW.given_start, 20) OR substr(NEW.given_start, 20) GLOB '[^.]*' OR substr(NEW.given_start, 20) GLOB '?*[^0-9]*'
  OR NEW.given_end IS NOT datetime(substr(NEW.given_end, 1, 19), '+0 days') || substr(NEW.given_end, 20) OR substr(NEW.given_end, 20) GLOB '[^.]*' OR substr(NEW.given_end, 20) GLOB '?*[^0-9]*'
  OR NEW.local_start IS NOT datetime(substr(NEW.local_start, 1, 19), '+0 days') || substr(NEW.local_start, 20) OR substr(NEW.local_start, 20) GLOB '[^.]*' OR substr(NEW.local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.local_end IS NOT datetime(substr(NEW.local_end, 1, 19), '+0 days') || substr(NEW.local_end, 20) OR substr(NEW.local_end, 20) GLOB '[^.]*' OR substr(NEW.local_end, 20) GLOB '?*[^0-9]*'
  OR NEW.starts_at IS NOT datetime(substr(NEW.starts_at, 1, 19), '+0 days') || substr(NEW.starts_at, 20) OR substr(NEW.starts_at, 20) GLOB '[^.]*' OR substr(NEW.starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.ends_at IS NOT datetime(substr(NEW.ends_at, 1, 19), '+0 days') || substr(NEW.ends_at, 20) OR substr(NEW.ends_at, 20) GLOB '[^.]*' OR substr(NEW.ends_at, 20) GLOB '?*[^0-9]*'
  OR NEW.sorts_at IS NOT datetime(substr(NEW.sorts_at, 1, 19), '+0 days') || substr(NEW.sorts_at, 20) OR substr(NEW.sorts_at, 20) GLOB '[^.]*' OR substr(NEW.sorts_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER events_spell_times_on_update BEFORE UPDATE OF given_start, given_end, local_start, local_end, starts_at, ends_at, sorts_at ON events
WHEN NEW.given_start IS NOT datetime(substr(NEW.given_start, 1, 19), '+0 days') || substr(NEW.given_start, 20) OR substr(NEW.given_start, 20) GLOB '[^.]*' OR substr(NEW.given_start, 20) GLOB '?*[^0-9]*'
  OR NEW.given_end IS NOT datetime(substr(NEW.given_end, 1, 19), '+0 days') || substr(NEW.given_end, 20) OR substr(NEW.given_end, 20) GLOB '[^.]*' OR substr(NEW.given_end, 20) GLOB '?*[^0-9]*'
  OR NEW.local_start IS NOT datetime(substr(NEW.local_start, 1, 19), '+0 days') || substr(NEW.local_start, 20) OR substr(NEW.local_start, 20) GLOB '[^.]*' OR substr(NEW.local_start, 20) GLOB '?*[^0-9]*'
  OR NEW.local_end IS NOT datetime(substr(NEW.local_end, 1, 19), '+0 days') || substr(NEW.local_end, 20) OR substr(NEW.local_end, 20) GLOB '[^.]*' OR substr(NEW.local_end, 20) GLOB '?*[^0-9]*'
  OR NEW.starts_at IS NOT datetime(substr(NEW.starts_at, 1, 19), '+0 days') || substr(NEW.starts_at, 20) OR substr(NEW.starts_at, 20) GLOB '[^.]*' OR substr(NEW.starts_at, 20) GLOB '?*[^0-9]*'
  OR NEW.ends_at IS NOT datetime(substr(NEW.ends_at, 1, 19), '+0 days') || substr(NEW.ends_at, 20) OR substr(NEW.ends_at, 20) GLOB '[^.]*' OR substr(NEW.ends_at, 20) GLOB '?*[^0-9]*'
  OR NEW.sorts_at IS NOT datetime(substr(NEW.sorts_at, 1, 19), '+0 days') || substr(NEW.sorts_at, 20) OR substr(NEW.sorts_at, 20) GLOB '[^.]*' OR substr(NEW.sorts_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER firm_keys_spell_times_on_insert BEFORE INSERT ON firm_keys
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.revoked_at IS NOT datetime(substr(NEW.revoked_at, 1, 19), '+0 days') || substr(NEW.revoked_at, 20) OR substr(NEW.revoked_at, 20) GLOB '[^.]*' OR substr(NEW.revoked_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER firm_keys_spell_times_on_update BEFORE UPDATE OF created_at, expires_at, revoked_at ON firm_keys
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.revoked_at IS NOT datetime(substr(NEW.revoked_at, 1, 19), '+0 days') || substr(NEW.revoked_at, 20) OR substr(NEW.revoked_at, 20) GLOB '[^.]*' OR substr(NEW.revoked_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoice_lines_spell_times_on_insert BEFORE INSERT ON invoice_lines
WHEN NEW.performed_on IS NOT date(NEW.performed_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoice_lines_spell_times_on_update BEFORE UPDATE OF performed_on ON invoice_lines
WHEN NEW.performed_on IS NOT date(NEW.performed_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoice_releases_spell_times_on_insert BEFORE INSERT ON invoice_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoice_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at ON invoice_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoices_spell_times_on_insert BEFORE INSERT ON invoices
WHEN NEW.issued_on IS NOT date(NEW.issued_on, '+0 days')
  OR NEW.due_on IS NOT date(NEW.due_on, '+0 days')
  OR NEW.period_start IS NOT date(NEW.period_start, '+0 days')
  OR NEW.period_end IS NOT date(NEW.period_end, '+0 days')
  OR NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER invoices_spell_times_on_update BEFORE UPDATE OF issued_on, due_on, period_start, period_end, ended_on ON invoices
WHEN NEW.issued_on IS NOT date(NEW.issued_on, '+0 days')
  OR NEW.due_on IS NOT date(NEW.due_on, '+0 days')
  OR NEW.period_start IS NOT date(NEW.period_start, '+0 days')
  OR NEW.period_end IS NOT date(NEW.period_end, '+0 days')
  OR NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER issuer_subjects_spell_times_on_insert BEFORE INSERT ON issuer_subjects
WHEN NEW.bound_at IS NOT datetime(substr(NEW.bound_at, 1, 19), '+0 days') || substr(NEW.bound_at, 20) OR substr(NEW.bound_at, 20) GLOB '[^.]*' OR substr(NEW.bound_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER issuer_subjects_spell_times_on_update BEFORE UPDATE OF bound_at ON issuer_subjects
WHEN NEW.bound_at IS NOT datetime(substr(NEW.bound_at, 1, 19), '+0 days') || substr(NEW.bound_at, 20) OR substr(NEW.bound_at, 20) GLOB '[^.]*' OR substr(NEW.bound_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER issuers_spell_times_on_insert BEFORE INSERT ON issuers
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER issuers_spell_times_on_update BEFORE UPDATE OF added_at ON issuers
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER item_grants_spell_times_on_insert BEFORE INSERT ON item_grants
WHEN NEW.granted_at IS NOT datetime(substr(NEW.granted_at, 1, 19), '+0 days') || substr(NEW.granted_at, 20) OR substr(NEW.granted_at, 20) GLOB '[^.]*' OR substr(NEW.granted_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER item_grants_spell_times_on_update BEFORE UPDATE OF granted_at ON item_grants
WHEN NEW.granted_at IS NOT datetime(substr(NEW.granted_at, 1, 19), '+0 days') || substr(NEW.granted_at, 20) OR substr(NEW.granted_at, 20) GLOB '[^.]*' OR substr(NEW.granted_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER milestone_releases_spell_times_on_insert BEFORE INSERT ON milestone_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
  OR NEW.occurred_on IS NOT date(NEW.occurred_on, '+0 days')
  OR NEW.expected_on IS NOT date(NEW.expected_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER milestone_releases_spell_times_on_update BEFORE UPDATE OF released_from, released_until, expires_at, withdrawn_at, dropped_at, approved_at, occurred_on, expected_on ON milestone_releases
WHEN NEW.released_from IS NOT datetime(substr(NEW.released_from, 1, 19), '+0 days') || substr(NEW.released_from, 20) OR substr(NEW.released_from, 20) GLOB '[^.]*' OR substr(NEW.released_from, 20) GLOB '?*[^0-9]*'
  OR NEW.released_until IS NOT datetime(substr(NEW.released_until, 1, 19), '+0 days') || substr(NEW.released_until, 20) OR substr(NEW.released_until, 20) GLOB '[^.]*' OR substr(NEW.released_until, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.withdrawn_at IS NOT datetime(substr(NEW.withdrawn_at, 1, 19), '+0 days') || substr(NEW.withdrawn_at, 20) OR substr(NEW.withdrawn_at, 20) GLOB '[^.]*' OR substr(NEW.withdrawn_at, 20) GLOB '?*[^0-9]*'
  OR NEW.dropped_at IS NOT datetime(substr(NEW.dropped_at, 1, 19), '+0 days') || substr(NEW.dropped_at, 20) OR substr(NEW.dropped_at, 20) GLOB '[^.]*' OR substr(NEW.dropped_at, 20) GLOB '?*[^0-9]*'
  OR NEW.approved_at IS NOT datetime(substr(NEW.approved_at, 1, 19), '+0 days') || substr(NEW.approved_at, 20) OR substr(NEW.approved_at, 20) GLOB '[^.]*' OR substr(NEW.approved_at, 20) GLOB '?*[^0-9]*'
  OR NEW.occurred_on IS NOT date(NEW.occurred_on, '+0 days')
  OR NEW.expected_on IS NOT date(NEW.expected_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER participants_spell_times_on_insert BEFORE INSERT ON participants
WHEN NEW.active_from IS NOT datetime(substr(NEW.active_from, 1, 19), '+0 days') || substr(NEW.active_from, 20) OR substr(NEW.active_from, 20) GLOB '[^.]*' OR substr(NEW.active_from, 20) GLOB '?*[^0-9]*'
  OR NEW.active_until IS NOT datetime(substr(NEW.active_until, 1, 19), '+0 days') || substr(NEW.active_until, 20) OR substr(NEW.active_until, 20) GLOB '[^.]*' OR substr(NEW.active_until, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER participants_spell_times_on_update BEFORE UPDATE OF active_from, active_until ON participants
WHEN NEW.active_from IS NOT datetime(substr(NEW.active_from, 1, 19), '+0 days') || substr(NEW.active_from, 20) OR substr(NEW.active_from, 20) GLOB '[^.]*' OR substr(NEW.active_from, 20) GLOB '?*[^0-9]*'
  OR NEW.active_until IS NOT datetime(substr(NEW.active_until, 1, 19), '+0 days') || substr(NEW.active_until, 20) OR substr(NEW.active_until, 20) GLOB '[^.]*' OR substr(NEW.active_until, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER parties_spell_times_on_insert BEFORE INSERT ON parties
WHEN NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER parties_spell_times_on_update BEFORE UPDATE OF ended_on ON parties
WHEN NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER payments_spell_times_on_insert BEFORE INSERT ON payments
WHEN NEW.received_on IS NOT date(NEW.received_on, '+0 days')
  OR NEW.cleared_on IS NOT date(NEW.cleared_on, '+0 days')
  OR NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER payments_spell_times_on_update BEFORE UPDATE OF received_on, cleared_on, ended_on ON payments
WHEN NEW.received_on IS NOT date(NEW.received_on, '+0 days')
  OR NEW.cleared_on IS NOT date(NEW.cleared_on, '+0 days')
  OR NEW.ended_on IS NOT date(NEW.ended_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER proposed_event_changes_spell_times_on_insert BEFORE INSERT ON proposed_event_changes
WHEN NEW.proposed_at IS NOT datetime(substr(NEW.proposed_at, 1, 19), '+0 days') || substr(NEW.proposed_at, 20) OR substr(NEW.proposed_at, 20) GLOB '[^.]*' OR substr(NEW.proposed_at, 20) GLOB '?*[^0-9]*'
  OR NEW.given_start IS NOT datetime(substr(NEW.given_start, 1, 19), '+0 days') || substr(NEW.given_start, 20) OR substr(NEW.given_start, 20) GLOB '[^.]*' OR substr(NEW.given_start, 20) GLOB '?*[^0-9]*'
  OR NEW.given_end IS NOT datetime(substr(NEW.given_end, 1, 19), '+0 days') || substr(NEW.given_end, 20) OR substr(NEW.given_end, 20) GLOB '[^.]*' OR substr(NEW.given_end, 20) GLOB '?*[^0-9]*'
  OR NEW.decided_at IS NOT datetime(substr(NEW.decided_at, 1, 19), '+0 days') || substr(NEW.decided_at, 20) OR substr(NEW.decided_at, 20) GLOB '[^.]*' OR substr(NEW.decided_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER proposed_event_changes_spell_times_on_update BEFORE UPDATE OF proposed_at, given_start, given_end, decided_at ON proposed_event_changes
WHEN NEW.proposed_at IS NOT datetime(substr(NEW.proposed_at, 1, 19), '+0 days') || substr(NEW.proposed_at, 20) OR substr(NEW.proposed_at, 20) GLOB '[^.]*' OR substr(NEW.proposed_at, 20) GLOB '?*[^0-9]*'
  OR NEW.given_start IS NOT datetime(substr(NEW.given_start, 1, 19), '+0 days') || substr(NEW.given_start, 20) OR substr(NEW.given_start, 20) GLOB '[^.]*' OR substr(NEW.given_start, 20) GLOB '?*[^0-9]*'
  OR NEW.given_end IS NOT datetime(substr(NEW.given_end, 1, 19), '+0 days') || substr(NEW.given_end, 20) OR substr(NEW.given_end, 20) GLOB '[^.]*' OR substr(NEW.given_end, 20) GLOB '?*[^0-9]*'
  OR NEW.decided_at IS NOT datetime(substr(NEW.decided_at, 1, 19), '+0 days') || substr(NEW.decided_at, 20) OR substr(NEW.decided_at, 20) GLOB '[^.]*' OR substr(NEW.decided_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER sessions_spell_times_on_insert BEFORE INSERT ON sessions
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.revoked_at IS NOT datetime(substr(NEW.revoked_at, 1, 19), '+0 days') || substr(NEW.revoked_at, 20) OR substr(NEW.revoked_at, 20) GLOB '[^.]*' OR substr(NEW.revoked_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER sessions_spell_times_on_update BEFORE UPDATE OF created_at, expires_at, revoked_at ON sessions
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
  OR NEW.expires_at IS NOT datetime(substr(NEW.expires_at, 1, 19), '+0 days') || substr(NEW.expires_at, 20) OR substr(NEW.expires_at, 20) GLOB '[^.]*' OR substr(NEW.expires_at, 20) GLOB '?*[^0-9]*'
  OR NEW.revoked_at IS NOT datetime(substr(NEW.revoked_at, 1, 19), '+0 days') || substr(NEW.revoked_at, 20) OR substr(NEW.revoked_at, 20) GLOB '[^.]*' OR substr(NEW.revoked_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER strategy_notes_spell_times_on_insert BEFORE INSERT ON strategy_notes
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER strategy_notes_spell_times_on_update BEFORE UPDATE OF created_at ON strategy_notes
WHEN NEW.created_at IS NOT datetime(substr(NEW.created_at, 1, 19), '+0 days') || substr(NEW.created_at, 20) OR substr(NEW.created_at, 20) GLOB '[^.]*' OR substr(NEW.created_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER tasks_spell_times_on_insert BEFORE INSERT ON tasks
WHEN NEW.due_on IS NOT date(NEW.due_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER tasks_spell_times_on_update BEFORE UPDATE OF due_on ON tasks
WHEN NEW.due_on IS NOT date(NEW.due_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER third_party_records_spell_times_on_insert BEFORE INSERT ON third_party_records
WHEN NEW.received_on IS NOT date(NEW.received_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER third_party_records_spell_times_on_update BEFORE UPDATE OF received_on ON third_party_records
WHEN NEW.received_on IS NOT date(NEW.received_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER trust_entries_spell_times_on_insert BEFORE INSERT ON trust_entries
WHEN NEW.entered_on IS NOT date(NEW.entered_on, '+0 days')
  OR NEW.cleared_on IS NOT date(NEW.cleared_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER trust_entries_spell_times_on_update BEFORE UPDATE OF entered_on, cleared_on ON trust_entries
WHEN NEW.entered_on IS NOT date(NEW.entered_on, '+0 days')
  OR NEW.cleared_on IS NOT date(NEW.cleared_on, '+0 days')
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER trusted_documents_spell_times_on_insert BEFORE INSERT ON trusted_documents
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

CREATE TRIGGER trusted_documents_spell_times_on_update BEFORE UPDATE OF added_at ON trusted_documents
WHEN NEW.added_at IS NOT datetime(substr(NEW.added_at, 1, 19), '+0 days') || substr(NEW.added_at, 20) OR substr(NEW.added_at, 20) GLOB '[^.]*' OR substr(NEW.added_at, 20) GLOB '?*[^0-9]*'
BEGIN SELECT RAISE(ABORT, 'instants are written like 2026-11-28 09:00:00, days like 2026-11-28'); END;

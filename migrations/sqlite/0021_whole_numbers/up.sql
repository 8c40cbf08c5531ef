-- SQLite keeps in a column what its type does not say: half a cent, a word for an amount, 2 for true or false. Nobody could be told
-- what such a row holds, nor anything of a list in which it stands. PostgreSQL refuses them by itself, and numbers that are
-- too long for their column. Rows from before are not looked at.

CREATE TRIGGER allocations_numbers_are_whole_on_insert BEFORE INSERT ON allocations
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER allocations_numbers_are_whole_on_update BEFORE UPDATE OF position, amount ON allocations
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER case_staff_numbers_are_whole_on_insert BEFORE INSERT ON case_staff
WHEN typeof(NEW.is_responsible) NOT IN ('integer', 'null') OR NEW.is_responsible NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER case_staff_numbers_are_whole_on_update BEFORE UPDATE OF is_responsible ON case_staff
WHEN typeof(NEW.is_responsible) NOT IN ('integer', 'null') OR NEW.is_responsible NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER case_stages_numbers_are_whole_on_insert BEFORE INSERT ON case_stages
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER case_stages_numbers_are_whole_on_update BEFORE UPDATE OF position ON case_stages
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER cases_numbers_are_whole_on_insert BEFORE INSERT ON cases
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.settlement_low) NOT IN ('integer', 'null')
  OR typeof(NEW.settlement_high) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER cases_numbers_are_whole_on_update BEFORE UPDATE OF version, settlement_low, settlement_high ON cases
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.settlement_low) NOT IN ('integer', 'null')
  OR typeof(NEW.settlement_high) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER change_feed_numbers_are_whole_on_insert BEFORE INSERT ON change_feed
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER change_feed_numbers_are_whole_on_update BEFORE UPDATE OF version ON change_feed
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER checklist_items_numbers_are_whole_on_insert BEFORE INSERT ON checklist_items
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.is_done) NOT IN ('integer', 'null') OR NEW.is_done NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER checklist_items_numbers_are_whole_on_update BEFORE UPDATE OF position, is_done ON checklist_items
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.is_done) NOT IN ('integer', 'null') OR NEW.is_done NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER correspondence_numbers_are_whole_on_insert BEFORE INSERT ON correspondence
WHEN typeof(NEW.offer_amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER correspondence_numbers_are_whole_on_update BEFORE UPDATE OF offer_amount ON correspondence
WHEN typeof(NEW.offer_amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER credits_numbers_are_whole_on_insert BEFORE INSERT ON credits
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER credits_numbers_are_whole_on_update BEFORE UPDATE OF position, amount ON credits
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER docket_entries_numbers_are_whole_on_insert BEFORE INSERT ON docket_entries
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER docket_entries_numbers_are_whole_on_update BEFORE UPDATE OF position ON docket_entries
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER document_releases_numbers_are_whole_on_insert BEFORE INSERT ON document_releases
WHEN typeof(NEW.pinned_number) NOT IN ('integer', 'null') OR NEW.pinned_number NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER document_releases_numbers_are_whole_on_update BEFORE UPDATE OF pinned_number ON document_releases
WHEN typeof(NEW.pinned_number) NOT IN ('integer', 'null') OR NEW.pinned_number NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER document_versions_numbers_are_whole_on_insert BEFORE INSERT ON document_versions
WHEN typeof(NEW.number) NOT IN ('integer', 'null') OR NEW.number NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.size_bytes) NOT IN ('integer', 'null')
  OR typeof(NEW.page_count) NOT IN ('integer', 'null') OR NEW.page_count NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER document_versions_numbers_are_whole_on_update BEFORE UPDATE OF number, size_bytes, page_count ON document_versions
WHEN typeof(NEW.number) NOT IN ('integer', 'null') OR NEW.number NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.size_bytes) NOT IN ('integer', 'null')
  OR typeof(NEW.page_count) NOT IN ('integer', 'null') OR NEW.page_count NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER documents_numbers_are_whole_on_insert BEFORE INSERT ON documents
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER documents_numbers_are_whole_on_update BEFORE UPDATE OF version ON documents
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER event_changes_numbers_are_whole_on_insert BEFORE INSERT ON event_changes
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER event_changes_numbers_are_whole_on_update BEFORE UPDATE OF position ON event_changes
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER event_releases_numbers_are_whole_on_insert BEFORE INSERT ON event_releases
WHEN typeof(NEW.you_should_attend) NOT IN ('integer', 'null') OR NEW.you_should_attend NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER event_releases_numbers_are_whole_on_update BEFORE UPDATE OF you_should_attend ON event_releases
WHEN typeof(NEW.you_should_attend) NOT IN ('integer', 'null') OR NEW.you_should_attend NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER events_numbers_are_whole_on_insert BEFORE INSERT ON events
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.sequence) NOT IN ('integer', 'null')
  OR typeof(NEW.is_all_day) NOT IN ('integer', 'null') OR NEW.is_all_day NOT IN (0, 1)
  OR typeof(NEW.was_in_gap) NOT IN ('integer', 'null') OR NEW.was_in_gap NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER events_numbers_are_whole_on_update BEFORE UPDATE OF version, sequence, is_all_day, was_in_gap ON events
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.sequence) NOT IN ('integer', 'null')
  OR typeof(NEW.is_all_day) NOT IN ('integer', 'null') OR NEW.is_all_day NOT IN (0, 1)
  OR typeof(NEW.was_in_gap) NOT IN ('integer', 'null') OR NEW.was_in_gap NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER firm_keys_numbers_are_whole_on_insert BEFORE INSERT ON firm_keys
WHEN typeof(NEW.slot) NOT IN ('integer', 'null') OR NEW.slot NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER firm_keys_numbers_are_whole_on_update BEFORE UPDATE OF slot ON firm_keys
WHEN typeof(NEW.slot) NOT IN ('integer', 'null') OR NEW.slot NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoice_lines_numbers_are_whole_on_insert BEFORE INSERT ON invoice_lines
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.quantity) NOT IN ('integer', 'null')
  OR typeof(NEW.rate) NOT IN ('integer', 'null')
  OR typeof(NEW.adjustment) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoice_lines_numbers_are_whole_on_update BEFORE UPDATE OF position, quantity, rate, adjustment, amount ON invoice_lines
WHEN typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
  OR typeof(NEW.quantity) NOT IN ('integer', 'null')
  OR typeof(NEW.rate) NOT IN ('integer', 'null')
  OR typeof(NEW.adjustment) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoice_shares_numbers_are_whole_on_insert BEFORE INSERT ON invoice_shares
WHEN typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoice_shares_numbers_are_whole_on_update BEFORE UPDATE OF amount ON invoice_shares
WHEN typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoices_numbers_are_whole_on_insert BEFORE INSERT ON invoices
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.subtotal) NOT IN ('integer', 'null')
  OR typeof(NEW.discount) NOT IN ('integer', 'null')
  OR typeof(NEW.tax) NOT IN ('integer', 'null')
  OR typeof(NEW.interest) NOT IN ('integer', 'null')
  OR typeof(NEW.total) NOT IN ('integer', 'null')
  OR typeof(NEW.written_off) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER invoices_numbers_are_whole_on_update BEFORE UPDATE OF version, subtotal, discount, tax, interest, total, written_off ON invoices
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.subtotal) NOT IN ('integer', 'null')
  OR typeof(NEW.discount) NOT IN ('integer', 'null')
  OR typeof(NEW.tax) NOT IN ('integer', 'null')
  OR typeof(NEW.interest) NOT IN ('integer', 'null')
  OR typeof(NEW.total) NOT IN ('integer', 'null')
  OR typeof(NEW.written_off) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER milestones_numbers_are_whole_on_insert BEFORE INSERT ON milestones
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER milestones_numbers_are_whole_on_update BEFORE UPDATE OF version, position ON milestones
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.position) NOT IN ('integer', 'null') OR NEW.position NOT BETWEEN -2147483648 AND 2147483647
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER participants_numbers_are_whole_on_insert BEFORE INSERT ON participants
WHEN typeof(NEW.has_status) NOT IN ('integer', 'null') OR NEW.has_status NOT IN (0, 1)
  OR typeof(NEW.has_calendar) NOT IN ('integer', 'null') OR NEW.has_calendar NOT IN (0, 1)
  OR typeof(NEW.has_documents) NOT IN ('integer', 'null') OR NEW.has_documents NOT IN (0, 1)
  OR typeof(NEW.has_billing) NOT IN ('integer', 'null') OR NEW.has_billing NOT IN (0, 1)
  OR typeof(NEW.has_messages) NOT IN ('integer', 'null') OR NEW.has_messages NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER participants_numbers_are_whole_on_update BEFORE UPDATE OF has_status, has_calendar, has_documents, has_billing, has_messages ON participants
WHEN typeof(NEW.has_status) NOT IN ('integer', 'null') OR NEW.has_status NOT IN (0, 1)
  OR typeof(NEW.has_calendar) NOT IN ('integer', 'null') OR NEW.has_calendar NOT IN (0, 1)
  OR typeof(NEW.has_documents) NOT IN ('integer', 'null') OR NEW.has_documents NOT IN (0, 1)
  OR typeof(NEW.has_billing) NOT IN ('integer', 'null') OR NEW.has_billing NOT IN (0, 1)
  OR typeof(NEW.has_messages) NOT IN ('integer', 'null') OR NEW.has_messages NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER parties_numbers_are_whole_on_insert BEFORE INSERT ON parties
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER parties_numbers_are_whole_on_update BEFORE UPDATE OF position ON parties
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER payments_numbers_are_whole_on_insert BEFORE INSERT ON payments
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER payments_numbers_are_whole_on_update BEFORE UPDATE OF version, amount ON payments
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER people_numbers_are_whole_on_insert BEFORE INSERT ON people
WHEN typeof(NEW.is_active) NOT IN ('integer', 'null') OR NEW.is_active NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER people_numbers_are_whole_on_update BEFORE UPDATE OF is_active ON people
WHEN typeof(NEW.is_active) NOT IN ('integer', 'null') OR NEW.is_active NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER proposed_event_changes_numbers_are_whole_on_insert BEFORE INSERT ON proposed_event_changes
WHEN typeof(NEW.is_all_day) NOT IN ('integer', 'null') OR NEW.is_all_day NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER proposed_event_changes_numbers_are_whole_on_update BEFORE UPDATE OF is_all_day ON proposed_event_changes
WHEN typeof(NEW.is_all_day) NOT IN ('integer', 'null') OR NEW.is_all_day NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER tasks_numbers_are_whole_on_insert BEFORE INSERT ON tasks
WHEN typeof(NEW.is_done) NOT IN ('integer', 'null') OR NEW.is_done NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER tasks_numbers_are_whole_on_update BEFORE UPDATE OF is_done ON tasks
WHEN typeof(NEW.is_done) NOT IN ('integer', 'null') OR NEW.is_done NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER trust_entries_numbers_are_whole_on_insert BEFORE INSERT ON trust_entries
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER trust_entries_numbers_are_whole_on_update BEFORE UPDATE OF position, amount ON trust_entries
WHEN typeof(NEW.position) NOT IN ('integer', 'null')
  OR typeof(NEW.amount) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER trust_ledgers_numbers_are_whole_on_insert BEFORE INSERT ON trust_ledgers
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

CREATE TRIGGER trust_ledgers_numbers_are_whole_on_update BEFORE UPDATE OF version ON trust_ledgers
WHEN typeof(NEW.version) NOT IN ('integer', 'null')
BEGIN SELECT RAISE(ABORT, 'numbers are whole, as long as their column lets them be, and true is 1 and false 0'); END;

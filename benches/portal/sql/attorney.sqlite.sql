WITH viewer AS MATERIALIZED (
  SELECT s.firm_id, s.person_id, s.role
  FROM sessions s JOIN people p ON p.firm_id = s.firm_id AND p.id = s.person_id
  WHERE s.token_hash = :token_hash AND s.expires_at > :at AND s.revoked_at IS NULL AND p.is_active
)
SELECT json_object('cases', json_object('nodes', (json_group_array(json_object(
  'id', c.id, 'reference', c.reference, 'title', c.title, 'internalTitle', c.internal_title, 'status', c.status,
  'stage', (
    SELECT w.client_stage FROM case_stages s JOIN stage_words w ON w.firm_id = s.firm_id AND w.stage = s.stage
    WHERE s.firm_id = c.firm_id AND s.case_id = c.id ORDER BY s.position DESC LIMIT 1),
  'milestones', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', m.id, 'title', m.title, 'whatHappened', m.what_happened, 'progress', m.progress,
      'occurredOn', m.occurred_on, 'internalTitle', m.internal_title) ORDER BY m.position, m.id))
    FROM (
      SELECT m.id, m.position, m.internal_title, r.title, r.what_happened, r.progress, r.occurred_on
      FROM milestones m LEFT JOIN milestone_releases r ON r.firm_id = m.firm_id AND r.milestone_id = m.id
        AND r.released_from <= :at AND r.released_until > :at
      WHERE m.firm_id = c.firm_id AND m.case_id = c.id
      ORDER BY m.position, m.id LIMIT 10) m))),
  'tasks', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', t.id, 'title', t.title, 'isDone', json(iif(t.is_done, 'true', 'false')), 'dueOn', t.due_on) ORDER BY coalesce(t.due_on, '9999-12-31'), t.id))
    FROM (
      SELECT t.id, t.title, t.is_done, t.due_on
      FROM tasks t WHERE t.firm_id = c.firm_id AND t.case_id = c.id
      ORDER BY coalesce(t.due_on, '9999-12-31'), t.id LIMIT 10) t))),
  'correspondence', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', l.id, 'subject', l.subject, 'direction', l.direction, 'sentAt', l.sent_at) ORDER BY l.sent_at DESC, l.id))
    FROM (
      SELECT l.id, l.subject, l.direction, l.sent_at
      FROM correspondence l WHERE l.firm_id = c.firm_id AND l.case_id = c.id
      ORDER BY l.sent_at DESC, l.id LIMIT 10) l))),
  'documents', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', d.id, 'label', d.label, 'kind', d.kind, 'filedOn', d.filed_on, 'fileName', d.file_name) ORDER BY coalesce(d.filed_on, '0001-01-01') DESC, d.id))
    FROM (
      SELECT d.id, r.label, d.kind, d.filed_on, d.file_name
      FROM documents d LEFT JOIN document_releases r ON r.firm_id = d.firm_id AND r.document_id = d.id
        AND r.released_from <= :at AND r.released_until > :at
      WHERE d.firm_id = c.firm_id AND d.case_id = c.id
      ORDER BY coalesce(d.filed_on, '0001-01-01') DESC, d.id LIMIT 20) d))),
  'invoices', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', i.id, 'number', i.number, 'issuedOn', i.issued_on,
      'total', json_object('amount', printf('%d.%02d', i.total / 100, i.total % 100), 'currency', i.currency),
      'balanceDue', json_object('amount', printf('%d.%02d', i.balance / 100, i.balance % 100)),
      'payments', json((
        SELECT (json_group_array(json_object(
          'amount', json_object('amount', printf('%d.%02d', a.amount / 100, a.amount % 100)), 'appliedOn', a.applied_on)
          ORDER BY a.applied_on, a.payment_id, a.position))
        FROM allocations a JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id
        WHERE a.firm_id = i.firm_id AND a.invoice_id = i.id))) ORDER BY coalesce(i.issued_on, '0001-01-01') DESC, i.id))
    FROM (
      SELECT i.id, i.firm_id, i.number, i.issued_on, i.currency, i.total, r.note,
        CASE WHEN i.state IN ('ISSUED', 'WRITTEN_OFF') THEN i.total - i.written_off
          - coalesce((
            SELECT sum(a.amount) FROM allocations a
            JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id AND p.state = 'CLEARED'
            WHERE a.firm_id = i.firm_id AND a.invoice_id = i.id), 0)
          - coalesce((
            SELECT sum(k.amount) FROM credits k WHERE k.firm_id = i.firm_id AND k.invoice_id = i.id), 0)
        ELSE 0 END AS balance
      FROM invoices i LEFT JOIN invoice_releases r ON r.firm_id = i.firm_id AND r.invoice_id = i.id
        AND r.released_from <= :at AND r.released_until > :at
      WHERE i.firm_id = c.firm_id AND i.case_id = c.id
      ORDER BY coalesce(i.issued_on, '0001-01-01') DESC, i.id LIMIT 10) i))),
  'events', json_object('nodes', json((
    SELECT (json_group_array(json_object(
      'id', e.id, 'title', e.title, 'kind', e.kind, 'status', e.status, 'startsAt', e.starts_at, 'place', e.place) ORDER BY e.sorts_at, e.id))
    FROM (
      SELECT e.id, r.title, e.kind, e.status, e.starts_at, e.place, e.sorts_at
      FROM events e LEFT JOIN event_releases r ON r.firm_id = e.firm_id AND r.event_id = e.id
        AND r.released_from <= :at AND r.released_until > :at
      WHERE e.firm_id = c.firm_id AND e.case_id = c.id
      ORDER BY e.sorts_at, e.id LIMIT 10) e)))
) ORDER BY c.reference, c.id))))
FROM (
  SELECT c.firm_id, c.id, c.reference, c.internal_title, c.status, r.title
  FROM viewer v
  JOIN cases c ON c.firm_id = v.firm_id
  LEFT JOIN case_releases r ON r.firm_id = v.firm_id AND r.case_id = c.id
    AND r.released_from <= :at AND r.released_until > :at
  WHERE v.role = 'ATTORNEY' AND NOT EXISTS (
    SELECT 1 FROM ethical_walls w WHERE w.firm_id = v.firm_id AND w.case_id = c.id AND w.person_id = v.person_id)
  ORDER BY c.reference, c.id LIMIT 5) c;

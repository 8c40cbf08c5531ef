WITH viewer AS MATERIALIZED (
  SELECT s.firm_id, s.person_id, s.role
  FROM sessions s JOIN people p ON p.firm_id = s.firm_id AND p.id = s.person_id
  WHERE s.token_hash = :token_hash AND s.expires_at > :at::timestamp AND s.revoked_at IS NULL AND p.is_active
)
SELECT json_build_object('cases', json_build_object('nodes', coalesce(json_agg(json_build_object(
  'id', c.id, 'reference', c.reference, 'title', c.title, 'status', c.status, 'stage', (
    SELECT w.client_stage FROM case_stages s JOIN stage_words w ON w.firm_id = s.firm_id AND w.stage = s.stage
    WHERE s.firm_id = c.firm_id AND s.case_id = c.id ORDER BY s.position DESC LIMIT 1),
  'milestones', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', m.id, 'title', m.title, 'whatHappened', m.what_happened, 'progress', m.progress,
      'occurredOn', m.occurred_on, 'releasedAt', m.released_from) ORDER BY m.position, m.id), '[]')
    FROM (
      SELECT m.id, m.position, r.title, r.what_happened, r.progress, r.occurred_on, r.released_from
      FROM milestones m JOIN milestone_releases r ON r.firm_id = m.firm_id AND r.milestone_id = m.id
      WHERE m.firm_id = c.firm_id AND m.case_id = c.id AND c.has_status
        AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
        AND (r.audience = 'CLIENTS' OR EXISTS (
          SELECT FROM milestone_release_audiences a
          WHERE a.firm_id = r.firm_id AND a.release_id = r.id AND a.participant_id = c.participant_id))
      ORDER BY m.position, m.id LIMIT 10) m)),
  'documents', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', d.id, 'label', d.label, 'kind', d.kind, 'filedOn', d.filed_on, 'sizeBytes', d.size_bytes) ORDER BY coalesce(d.filed_on, '0001-01-01') DESC, d.id), '[]')
    FROM (
      SELECT d.id, r.label, d.kind, d.filed_on, v.size_bytes
      FROM documents d JOIN document_releases r ON r.firm_id = d.firm_id AND r.document_id = d.id
      LEFT JOIN document_versions v
        ON v.firm_id = d.firm_id AND v.document_id = d.id AND v.number = r.pinned_number
      WHERE d.firm_id = c.firm_id AND d.case_id = c.id AND c.has_documents
        AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
        AND (r.audience = 'CLIENTS' OR EXISTS (
          SELECT FROM document_release_audiences a
          WHERE a.firm_id = r.firm_id AND a.release_id = r.id AND a.participant_id = c.participant_id))
        AND d.filing_status <> 'DRAFT' AND d.protective <> 'ATTORNEYS_EYES_ONLY'
        AND (d.sealed = 'NONE' OR d.sealed = 'RESTRICTED_UNTIL' AND d.restricted_until <= :at::timestamp
          OR d.sealed = 'SEALED' AND EXISTS (
            SELECT FROM document_overrides o
            WHERE o.firm_id = d.firm_id AND o.document_id = d.id AND o.gate = 'SEALED'))
        AND (d.origin IN ('FIRM', 'COURT', 'CLIENT')
          OR d.filing_status IN ('SERVED', 'FILED', 'ENTERED', 'REJECTED', 'WITHDRAWN')
          OR d.origin IN ('THIRD_PARTY', 'EXPERT') AND EXISTS (
            SELECT FROM document_overrides o
            WHERE o.firm_id = d.firm_id AND o.document_id = d.id AND o.gate = 'ORIGIN'))
      ORDER BY coalesce(d.filed_on, '0001-01-01') DESC, d.id LIMIT 20) d)),
  'invoices', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', i.id, 'number', i.number, 'issuedOn', i.issued_on,
      'total', json_build_object('amount', (i.total / 100.0)::numeric(20, 2)::text, 'currency', i.currency),
      'balanceDue', json_build_object('amount', (i.balance / 100.0)::numeric(20, 2)::text),
      'payments', (
        SELECT coalesce(json_agg(json_build_object(
          'amount', json_build_object('amount', (a.amount / 100.0)::numeric(20, 2)::text), 'appliedOn', a.applied_on)
          ORDER BY a.applied_on, a.payment_id, a.position), '[]')
        FROM allocations a JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id
        WHERE a.firm_id = i.firm_id AND a.invoice_id = i.id)) ORDER BY coalesce(i.issued_on, '0001-01-01') DESC, i.id), '[]')
    FROM (
      SELECT i.id, i.firm_id, i.number, i.issued_on, i.currency, i.total, r.note,
        CASE WHEN i.state IN ('ISSUED', 'WRITTEN_OFF') THEN i.total - i.written_off
          - coalesce((
            SELECT sum(a.amount)::bigint FROM allocations a
            JOIN payments p ON p.firm_id = a.firm_id AND p.id = a.payment_id AND p.state = 'CLEARED'
            WHERE a.firm_id = i.firm_id AND a.invoice_id = i.id), 0)
          - coalesce((
            SELECT sum(k.amount)::bigint FROM credits k WHERE k.firm_id = i.firm_id AND k.invoice_id = i.id), 0)
        ELSE 0 END AS balance
      FROM invoices i JOIN invoice_releases r ON r.firm_id = i.firm_id AND r.invoice_id = i.id
      WHERE i.firm_id = c.firm_id AND i.case_id = c.id AND c.has_billing
        AND i.state IN ('ISSUED', 'WRITTEN_OFF', 'VOID')
        AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
        AND (r.audience = 'CLIENTS' OR EXISTS (
          SELECT FROM invoice_release_audiences a
          WHERE a.firm_id = r.firm_id AND a.release_id = r.id AND a.participant_id = c.participant_id))
      ORDER BY coalesce(i.issued_on, '0001-01-01') DESC, i.id LIMIT 10) i)),
  'events', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', e.id, 'title', e.title, 'kind', e.kind, 'status', e.status, 'startsAt', e.starts_at, 'place', e.place) ORDER BY e.sorts_at, e.id), '[]')
    FROM (
      SELECT e.id, r.title, e.kind, e.status, e.starts_at, e.place, e.sorts_at
      FROM events e JOIN event_releases r ON r.firm_id = e.firm_id AND r.event_id = e.id
      WHERE e.firm_id = c.firm_id AND e.case_id = c.id AND c.has_calendar
        AND e.kind IN ('HEARING', 'MEDIATION', 'DEPOSITION', 'MEETING', 'CLIENT_DEADLINE')
        AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
        AND (r.audience = 'CLIENTS' OR EXISTS (
          SELECT FROM event_release_audiences a
          WHERE a.firm_id = r.firm_id AND a.release_id = r.id AND a.participant_id = c.participant_id))
      ORDER BY e.sorts_at, e.id LIMIT 10) e))
) ORDER BY c.reference, c.id), '[]')))
FROM (
  SELECT c.firm_id, c.id, c.reference, c.status, r.title, p.id AS participant_id,
    p.has_status, p.has_documents, p.has_billing, p.has_calendar
  FROM viewer v
  JOIN participants p ON p.firm_id = v.firm_id AND p.person_id = v.person_id AND p.role = v.role
    AND p.state = 'ACTIVE' AND p.active_from <= :at::timestamp
      AND (p.active_until IS NULL OR p.active_until > :at::timestamp)
  JOIN cases c ON c.firm_id = v.firm_id AND c.id = p.case_id
  JOIN case_releases r ON r.firm_id = v.firm_id AND r.case_id = c.id
    AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
    AND (r.audience = 'CLIENTS' OR EXISTS (
      SELECT FROM case_release_audiences a
      WHERE a.firm_id = v.firm_id AND a.release_id = r.id AND a.participant_id = p.id))
  ORDER BY c.reference, c.id LIMIT 5) c;

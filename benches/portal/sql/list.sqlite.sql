WITH viewer AS MATERIALIZED (
  SELECT s.firm_id, s.person_id, s.role
  FROM sessions s JOIN people p ON p.firm_id = s.firm_id AND p.id = s.person_id
  WHERE s.token_hash = :token_hash AND s.expires_at > :at AND s.revoked_at IS NULL AND p.is_active
)
SELECT json_object('documents', json_object('nodes', (json_group_array(json_object(
  'id', c.id, 'label', c.label, 'kind', c.kind, 'filedOn', c.filed_on, 'filingStatus', c.filing_status)
  ORDER BY coalesce(c.filed_on, '0001-01-01') DESC, c.id))))
FROM (
  SELECT d.id, r.label, d.kind, d.filed_on, d.filing_status
  FROM viewer v
  JOIN participants c ON c.firm_id = v.firm_id AND c.person_id = v.person_id AND c.role = v.role
    AND c.state = 'ACTIVE' AND c.active_from <= :at
    AND (c.active_until IS NULL OR c.active_until > :at) AND c.has_documents
  JOIN case_releases p ON p.firm_id = v.firm_id AND p.case_id = c.case_id
    AND p.released_from <= :at AND p.released_until > :at
    AND (p.audience = 'CLIENTS' OR EXISTS (
      SELECT 1 FROM case_release_audiences a
      WHERE a.firm_id = v.firm_id AND a.release_id = p.id AND a.participant_id = c.id))
  JOIN documents d ON d.firm_id = v.firm_id AND d.case_id = c.case_id
  JOIN document_releases r ON r.firm_id = d.firm_id AND r.document_id = d.id
  WHERE r.released_from <= :at AND r.released_until > :at
    AND (r.audience = 'CLIENTS' OR EXISTS (
      SELECT 1 FROM document_release_audiences a
      WHERE a.firm_id = r.firm_id AND a.release_id = r.id AND a.participant_id = c.id))
    AND d.filing_status <> 'DRAFT' AND d.protective <> 'ATTORNEYS_EYES_ONLY'
        AND (d.sealed = 'NONE' OR d.sealed = 'RESTRICTED_UNTIL' AND d.restricted_until <= :at
          OR d.sealed = 'SEALED' AND EXISTS (
            SELECT 1 FROM document_overrides o
            WHERE o.firm_id = d.firm_id AND o.document_id = d.id AND o.gate = 'SEALED'))
        AND (d.origin IN ('FIRM', 'COURT', 'CLIENT')
          OR d.filing_status IN ('SERVED', 'FILED', 'ENTERED', 'REJECTED', 'WITHDRAWN')
          OR d.origin IN ('THIRD_PARTY', 'EXPERT') AND EXISTS (
            SELECT 1 FROM document_overrides o
            WHERE o.firm_id = d.firm_id AND o.document_id = d.id AND o.gate = 'ORIGIN'))
  ORDER BY coalesce(d.filed_on, '0001-01-01') DESC, d.id LIMIT 100) c;

WITH viewer AS MATERIALIZED (
  SELECT s.firm_id, s.person_id, s.role
  FROM sessions s JOIN people p ON p.firm_id = s.firm_id AND p.id = s.person_id
  WHERE s.token_hash = :token_hash AND s.expires_at > :at::timestamp AND s.revoked_at IS NULL AND p.is_active
)
SELECT json_build_object('case', (
  SELECT json_build_object('id', c.id, 'title', r.title)
  FROM viewer v
  JOIN participants p ON p.firm_id = v.firm_id AND p.case_id = :case_id AND p.person_id = v.person_id AND p.role = v.role
    AND p.state = 'ACTIVE' AND p.active_from <= :at::timestamp
    AND (p.active_until IS NULL OR p.active_until > :at::timestamp)
  JOIN cases c ON c.firm_id = v.firm_id AND c.id = p.case_id
  JOIN case_releases r ON r.firm_id = v.firm_id AND r.case_id = c.id
    AND r.released_from <= :at::timestamp AND r.released_until > :at::timestamp
    AND (r.audience = 'CLIENTS' OR EXISTS (
      SELECT FROM case_release_audiences a
      WHERE a.firm_id = v.firm_id AND a.release_id = r.id AND a.participant_id = p.id))
));

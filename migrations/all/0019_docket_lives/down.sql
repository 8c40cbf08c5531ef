DROP TABLE docket_heads;

UPDATE events SET uid = (
  SELECT l.life || '@' || l.case_id FROM docket_lives l WHERE l.firm_id = events.firm_id AND l.event_id = events.id
)
WHERE EXISTS (SELECT 1 FROM docket_lives l WHERE l.firm_id = events.firm_id AND l.event_id = events.id);

DROP TABLE docket_lives;

DROP TABLE parties;
DROP TABLE docket_reviews;
DROP TABLE docket_events;
DROP TABLE docket_entries;
DROP TABLE dockets;

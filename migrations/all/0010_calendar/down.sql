DROP TABLE proposed_event_changes;
DROP TABLE event_changes;
DROP TABLE event_attendees;
DROP TABLE event_release_audiences;
DROP TABLE event_releases;
DROP TABLE events;

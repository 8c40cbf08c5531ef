DROP TABLE milestone_release_audiences;
DROP TABLE milestone_releases;
DROP TABLE milestones;

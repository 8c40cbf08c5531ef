DROP TABLE document_release_audiences;
DROP TABLE document_releases;
DROP TABLE document_overrides;
DROP TABLE document_versions;
DROP TABLE documents;

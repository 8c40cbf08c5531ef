DROP TABLE third_party_records;
DROP TABLE correspondence;
DROP TABLE strategy_notes;

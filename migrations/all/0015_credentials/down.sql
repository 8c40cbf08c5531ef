DROP TABLE firm_key_cases;
DROP TABLE firm_keys;
DROP TABLE issuer_subjects;
DROP TABLE issuers;

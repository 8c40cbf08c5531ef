DROP TABLE service_keys;
DROP TABLE firms;

DROP TABLE firm_origins;

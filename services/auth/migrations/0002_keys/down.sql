DROP TABLE api_keys;
DROP TABLE password_resets;
DROP TABLE epoch;
ALTER TABLE accounts DROP COLUMN told_role;
ALTER TABLE accounts DROP COLUMN seq;
ALTER TABLE accounts DROP COLUMN status;

ALTER TABLE users DROP COLUMN email_seq;
ALTER TABLE users DROP COLUMN email_epoch;

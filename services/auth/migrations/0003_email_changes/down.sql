ALTER TABLE sessions DROP COLUMN device;
DROP TABLE email_changes;

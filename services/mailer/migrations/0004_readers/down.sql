DROP INDEX mails_reader;
CREATE INDEX mails_recipient ON mails (lower(recipient));

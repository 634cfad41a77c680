DROP INDEX mails_recipient;

-- Operators look mails up by their reader in the form of the suppression list: `lower` alone leaves
-- Ü as it is, and a domain may be written in two ways.
DROP INDEX mails_recipient;
CREATE INDEX mails_reader ON mails (COALESCE(address, lower(recipient)));

-- Operators look mails up by their reader: "I never got that mail".
CREATE INDEX mails_recipient ON mails (lower(recipient));

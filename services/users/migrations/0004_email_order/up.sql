-- The order in which auth changed the address: lower is ignored. Rows of a sign-up begin at 0.
ALTER TABLE users ADD COLUMN email_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN email_seq INTEGER NOT NULL DEFAULT 0;

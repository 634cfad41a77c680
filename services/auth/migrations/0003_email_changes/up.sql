-- A link that moves an account to another address, once, within a day. About 300 bytes; deleted after
-- 7 days.
CREATE TABLE email_changes (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT UNIQUE
) STRICT;
CREATE INDEX email_changes_account ON email_changes (account_id);

-- What a session was begun with: a digest of browser, system and network, to know it again.
ALTER TABLE sessions ADD COLUMN device TEXT;

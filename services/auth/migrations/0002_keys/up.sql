-- Whether an account may be used at all.
ALTER TABLE accounts ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
  CHECK (status IN ('active', 'suspended'));
-- Raised by every change of generation, role or status: the order in which others hear of them.
ALTER TABLE accounts ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
-- The role others were last told: ADMIN_EMAILS changes roles without changing a row.
ALTER TABLE accounts ADD COLUMN told_role TEXT CHECK (told_role IN ('user', 'admin'));

-- One row. Raised after a restore, which takes every seq back to an earlier value.
CREATE TABLE epoch (value INTEGER NOT NULL) STRICT;
INSERT INTO epoch (value) VALUES (0);

-- A link that sets a new password, once, within 30 minutes. About 200 bytes; deleted after 7 days.
CREATE TABLE password_resets (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT UNIQUE
) STRICT;
CREATE INDEX password_resets_account ON password_resets (account_id);

-- A key is known by the SHA-256 of its text alone. About 400 bytes; deleted 30 days after its end.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  -- A JSON array of scopes.
  scopes TEXT NOT NULL,
  -- Raised by every change: the order in which others hear of them.
  seq INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  -- The key that replaces this one, from its rotation on.
  rotated_to TEXT UNIQUE
) STRICT;
CREATE INDEX api_keys_account ON api_keys (account_id, id);

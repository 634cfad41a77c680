-- A sign-up waiting for its address to be confirmed. The password belongs to this row, not to the
-- address: whoever follows the link gets the password that was typed with it. Deleted after 7 days.
CREATE TABLE sign_ups (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL UNIQUE,
  token_hash TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  region TEXT,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT UNIQUE
) STRICT;
CREATE INDEX sign_ups_email ON sign_ups (email_key, created_at);

-- A confirmed account. About 350 bytes; kept until erased.
CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  -- Raised by sign-out-all: tokens and sessions of an older generation are refused.
  generation INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- One row per session, not per refresh token: the tokens are derived from id and counter.
-- About 200 bytes; deleted 30 days after its end.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  counter INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  revoked_because TEXT,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account_id);

-- What other services must hear of; rows live until delivered.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  effect TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  payload TEXT NOT NULL,
  trace TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_at);

-- Who changed what. Kept two years, about 300 bytes a row.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

-- One row per verified account. About 400 bytes; kept until the account is erased.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  avatar_url TEXT,
  locale TEXT NOT NULL,
  timezone TEXT NOT NULL DEFAULT 'UTC',
  marketing_opt_in INTEGER NOT NULL DEFAULT 0 CHECK (marketing_opt_in IN (0, 1)),
  region TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- Requests of a user per calendar month (UTC). About 60 bytes; 12 rows per user-year.
CREATE TABLE usage_metrics (
  user_id TEXT NOT NULL,
  period TEXT NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, period)
) STRICT, WITHOUT ROWID;

-- What billing says each subscription is; (epoch, seq) only rises. Kept as long as its owner.
CREATE TABLE subscriptions (
  provider TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'team')),
  owner_id TEXT NOT NULL,
  tier TEXT CHECK (tier IN ('starter', 'pro', 'enterprise')),
  status TEXT NOT NULL,
  pause TEXT CHECK (pause IN ('void', 'free')),
  renews_at INTEGER,
  ends_at INTEGER,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (provider, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_owner ON subscriptions (owner_kind, owner_id);

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

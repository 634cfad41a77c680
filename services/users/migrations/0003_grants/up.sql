-- Plans that an operator gave somebody, beside whatever is paid for. About 200 bytes; kept as long as
-- the account. A grant ends at `until` by itself.
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  tier TEXT NOT NULL CHECK (tier IN ('starter', 'pro', 'enterprise')),
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_user ON grants (user_id);

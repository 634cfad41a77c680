-- What we were told (`webhook`) and what we asked for (`api`); both go through the same order guard,
-- so the tables can be made again from the inbox alone.
ALTER TABLE inbox ADD COLUMN source TEXT NOT NULL DEFAULT 'webhook'
  CHECK (source IN ('webhook', 'api'));
ALTER TABLE inbox ADD COLUMN customer_id TEXT;
-- Finds everything one object was ever said to be.
CREATE INDEX inbox_object ON inbox (object_type, object_id, id);
CREATE INDEX inbox_customer ON inbox (customer_id);

-- Keys that the provider issued with an order. The key itself is the buyer's: only its last
-- characters are kept. About 250 bytes, kept for ever, like the other objects of the provider.
CREATE TABLE license_keys (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  key_short TEXT NOT NULL,
  status TEXT NOT NULL,
  activation_limit INTEGER,
  activations INTEGER NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  item_updated_at INTEGER NOT NULL,
  urls_expire_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX license_keys_owner ON license_keys (owner_kind, owner_id);

-- Subscriptions about which two payloads of one moment disagree, or whose payload contradicts
-- itself: only the provider's API knows. A row lives until it has answered.
CREATE TABLE refetches (
  subscription_id TEXT PRIMARY KEY,
  -- The inbox row and attempt that asked last: an answer settles only what was asked before it.
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refetches_due ON refetches (next_at);

-- The uuid on a buyer's receipt and the order it stands for, linked or not. About 80 bytes, for ever.
CREATE TABLE order_identifiers (
  identifier TEXT PRIMARY KEY,
  order_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX order_identifiers_order ON order_identifiers (order_id);

-- What operators look purchases up by.
CREATE INDEX inbox_order ON inbox (order_id);
CREATE INDEX inbox_subscription ON inbox (subscription_id);
CREATE INDEX subscriptions_order ON subscriptions (order_id);
CREATE INDEX owners_linked_by ON owners (linked_by);

-- Somebody says that an order is theirs. The link that proves it goes to the address of the purchase;
-- only the hash of its token is kept. About 200 bytes, deleted a month after it ended.
CREATE TABLE claims (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  identifier TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- The confirmation that used it up, and when.
  used_by TEXT,
  used_at INTEGER
) STRICT;
CREATE INDEX claims_user ON claims (user_id, created_at);
CREATE INDEX claims_identifier ON claims (identifier, created_at);
CREATE INDEX claims_expired ON claims (expires_at);

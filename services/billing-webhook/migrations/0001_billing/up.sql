-- Every rightly signed delivery, byte for byte. About 3.5 KB each, 60 per customer-year. Kept for
-- ever: nothing in the signature is a time, so remembering is the only protection from replays.
CREATE TABLE inbox (
  id TEXT PRIMARY KEY,
  dedupe_key TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  body BLOB NOT NULL,
  event_name TEXT NOT NULL,
  object_type TEXT,
  object_id TEXT,
  subscription_id TEXT,
  order_id TEXT,
  clock TEXT,
  received_at INTEGER NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('received', 'applied', 'stale', 'parked', 'unlinked', 'dead')),
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  settled_at INTEGER,
  trace TEXT NOT NULL,
  UNIQUE (dedupe_key, body_sha256)
) STRICT;
CREATE INDEX inbox_due ON inbox (next_at) WHERE state = 'received';
CREATE INDEX inbox_unlinked_subscription ON inbox (subscription_id) WHERE state = 'unlinked';
CREATE INDEX inbox_unlinked_order ON inbox (order_id) WHERE state = 'unlinked';
CREATE INDEX inbox_state ON inbox (state, id);

-- What a checkout link was made for; its id is what the signed reference names. About 150 bytes.
-- Kept while paid for; unpaid ones go 30 days after they were made.
CREATE TABLE checkouts (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'team')),
  owner_id TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  order_id TEXT,
  subscription_id TEXT
) STRICT;
CREATE INDEX checkouts_owner ON checkouts (owner_kind, owner_id);
CREATE INDEX checkouts_unpaid ON checkouts (created_at) WHERE order_id IS NULL;

-- Whose each object of the provider is. About 120 bytes, three rows per purchase, kept for ever.
CREATE TABLE owners (
  object TEXT NOT NULL CHECK (object IN ('customer', 'order', 'subscription')),
  object_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'team')),
  owner_id TEXT NOT NULL,
  -- The inbox row and attempt that linked it.
  linked_by TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  PRIMARY KEY (object, object_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX owners_owner ON owners (owner_kind, owner_id);

-- The provider's objects as of their newest event. In each of the three tables
-- (updated_at, item_updated_at, urls_expire_at, digest) is the clock that only rises, and
-- changed_by the inbox row and attempt that last changed more than the clock.
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  product_name TEXT NOT NULL,
  status TEXT NOT NULL,
  pause TEXT,
  quantity INTEGER,
  trial_ends_at INTEGER,
  renews_at INTEGER,
  ends_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  item_updated_at INTEGER NOT NULL,
  urls_expire_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT;
CREATE INDEX subscriptions_owner ON subscriptions (owner_kind, owner_id);
CREATE INDEX subscriptions_customer ON subscriptions (customer_id);

CREATE TABLE invoices (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  total_text TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  item_updated_at INTEGER NOT NULL,
  urls_expire_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  -- The inbox row and attempt that first saw it paid: the cause of its one receipt.
  receipt_by TEXT
) STRICT;
CREATE INDEX invoices_owner ON invoices (owner_kind, owner_id, created_at, id);

CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  identifier TEXT NOT NULL,
  variant_id TEXT,
  status TEXT NOT NULL,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  item_updated_at INTEGER NOT NULL,
  urls_expire_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX orders_owner ON orders (owner_kind, owner_id);

-- Sent with every subscription's seq. Raised by hand after a restore, which turns seq back.
CREATE TABLE epoch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value INTEGER NOT NULL
) STRICT;
INSERT INTO epoch (id, value) VALUES (1, 1);

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

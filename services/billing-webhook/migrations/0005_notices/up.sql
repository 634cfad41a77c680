-- The last change of what a subscription's owner is told by mail: from which status and variant to
-- which, and the inbox row and attempt that made it. One row per subscription, 100 bytes, for ever.
CREATE TABLE transitions (
  subscription_id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  -- NULL until something changes.
  previous_status TEXT,
  previous_variant_id TEXT,
  changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Invoices whose payment failed while the subscription was past due: each is mailed about once, and
-- once more when it is paid after all. 120 bytes, for ever.
CREATE TABLE dunnings (
  invoice_id TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  failed_by TEXT NOT NULL,
  failed_at INTEGER NOT NULL,
  recovered_by TEXT,
  recovered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX dunnings_failed_by ON dunnings (failed_by);

DROP TABLE paused_templates;
DROP TABLE settings;
DROP TABLE provider_events;
CREATE TABLE suppressions_by_address (
  address TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  until INTEGER,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO suppressions_by_address
SELECT address, reason, until, created_at FROM suppressions ORDER BY until IS NULL DESC, until DESC;
DROP TABLE suppressions;
ALTER TABLE suppressions_by_address RENAME TO suppressions;
DROP INDEX mails_expiry;
ALTER TABLE mails DROP COLUMN address;

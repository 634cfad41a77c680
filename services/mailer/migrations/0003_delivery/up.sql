-- The recipient as it is handed over: lower case, domain as A-labels; NULL for no valid address.
-- Rows from before have none, and are compared as they were written.
ALTER TABLE mails ADD COLUMN address TEXT;
-- One-time mails end when they expire, even while no transport takes mail.
CREATE INDEX mails_expiry ON mails (expires_at) WHERE state IN ('queued', 'retry', 'held');

-- Why an address gets no mail; one reason neither replaces nor lifts another. About 100 bytes.
CREATE TABLE suppressions_by_reason (
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (address, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO suppressions_by_reason SELECT address, reason, until, created_at FROM suppressions;
DROP TABLE suppressions;
ALTER TABLE suppressions_by_reason RENAME TO suppressions;

-- What the provider told about mails it had taken. Kept 30 days, about 300 bytes a row.
CREATE TABLE provider_events (
  -- `sg_event_id`: a repeated delivery tells nothing new.
  id TEXT PRIMARY KEY,
  mail_id TEXT,
  kind TEXT NOT NULL,
  address TEXT,
  -- When it happened, as the provider says.
  at INTEGER NOT NULL,
  detail TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_events_mail ON provider_events (mail_id, at) WHERE mail_id IS NOT NULL;
CREATE INDEX provider_events_soft ON provider_events (address, at) WHERE kind = 'soft_bounce';
CREATE INDEX provider_events_received ON provider_events (received_at);

-- What an operator has set in place of a variable: `transport`. A handful of rows for ever.
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Templates whose mails are held until an operator resumes them.
CREATE TABLE paused_templates (
  template TEXT PRIMARY KEY,
  paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

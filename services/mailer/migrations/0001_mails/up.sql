-- Every mail ever accepted. About 700 bytes; kept 30 days after its end, dead letters 90.
CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  template TEXT NOT NULL,
  locale TEXT NOT NULL,
  recipient TEXT NOT NULL,
  vars TEXT NOT NULL,
  -- Encrypted variables. '{}' for none; NULL once they are destroyed.
  sealed TEXT,
  user_id TEXT,
  expires_at INTEGER,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
    ('queued', 'sending', 'retry', 'sent', 'failed', 'dead', 'expired', 'suppressed', 'held')),
  -- Attempts that count towards giving up; a provider-wide failure does not.
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Rises with every claim. A result is written only by the holder of the newest claim.
  fence INTEGER NOT NULL DEFAULT 0,
  claim TEXT,
  -- When the mail is due; while `sending`, when the lease of its claim ends.
  next_at INTEGER NOT NULL,
  -- Attempts of which nobody knows whether the mail went out: the only source of duplicates.
  ambiguous INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  provider_id TEXT,
  trace TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (next_at) WHERE state IN ('queued', 'sending', 'retry');
CREATE INDEX mails_claim ON mails (claim) WHERE state = 'sending';
CREATE INDEX mails_state ON mails (state, id);
CREATE INDEX mails_ended ON mails (ended_at) WHERE ended_at IS NOT NULL;

-- What happened at each claim. About 120 bytes; lives and dies with its mail.
CREATE TABLE attempts (
  mail_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  transport TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  class TEXT CHECK (class IN
    ('sent', 'permanent', 'provider', 'transient', 'ambiguous', 'withheld')),
  code TEXT,
  detail TEXT,
  PRIMARY KEY (mail_id, n)
) STRICT, WITHOUT ROWID;

-- Addresses that get no mail, in lower case; `until` NULL for ever. About 100 bytes.
CREATE TABLE suppressions (
  address TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  until INTEGER,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

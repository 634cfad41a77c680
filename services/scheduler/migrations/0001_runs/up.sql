-- Every slot of every job, run or not; `slot` in ms since 1970. About 120 bytes; a job that runs
-- every minute writes 525,600 rows a year, of which the last 90 days are kept.
CREATE TABLE runs (
  job TEXT NOT NULL,
  slot INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'ok', 'failed', 'lost', 'skipped_overlap',
                                       'skipped_catchup', 'paused', 'missed')),
  -- `schedule`, or `manual` when an administrator started it.
  origin TEXT NOT NULL CHECK (origin IN ('schedule', 'manual')),
  -- The rest is NULL for a slot that was never started.
  run_id TEXT,
  fence INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  error TEXT,
  PRIMARY KEY (job, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_slot ON runs (slot);
CREATE INDEX runs_state ON runs (state);

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

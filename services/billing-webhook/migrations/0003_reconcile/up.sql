-- One comparison with the provider: `all` walks every list, `recent` asks about single subscriptions.
-- It goes on from `cursor` whoever takes the next step. About 300 bytes, 90 days.
CREATE TABLE reconcile_runs (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL CHECK (scope IN ('all', 'recent')),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  -- JSON: what is left to do.
  cursor TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  calls INTEGER NOT NULL DEFAULT 0,
  seen INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  -- Rises with every claim: a step that lost its lease writes nothing.
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reconcile_runs_running ON reconcile_runs (scope) WHERE state = 'running';

-- What differed from the provider when it was compared: the measured loss of webhooks. About 120
-- bytes, as long as its run.
CREATE TABLE drifts (
  run_id TEXT NOT NULL,
  object TEXT NOT NULL CHECK (object IN ('order', 'subscription', 'invoice', 'license_key')),
  object_id TEXT NOT NULL,
  -- The status that was known; NULL for an object nobody had told of.
  before TEXT,
  after TEXT NOT NULL,
  PRIMARY KEY (run_id, object, object_id)
) STRICT, WITHOUT ROWID;

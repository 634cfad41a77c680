/** As in the docstring of `invalidateStatement`. */
export const TAGS_TABLE = `
  CREATE TABLE tag_versions (
    tag TEXT PRIMARY KEY, version TEXT NOT NULL, updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tag_versions_by_age ON tag_versions (updated_at)`;

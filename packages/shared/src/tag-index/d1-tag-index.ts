import { toBase64Url } from "../bytes.ts";
import type { Database } from "../d1/database.ts";
import { sql, type Sql } from "../d1/sql.ts";
import { UNTOUCHED, type TagIndex } from "./tag-index.ts";
import type { Tag } from "./tags.ts";

/** 128 random bits: two invalidations never draw the same version. */
const VERSION_BYTES = 16;

/**
 * The longest an entry may live, its stale time included. A row that did not change for longer may
 * go, because the entries made before its first invalidation, under `UNTOUCHED`, are gone too.
 */
export const MAX_ENTRY_LIFE_MS = 30 * 24 * 3_600_000;
/** For a fill that began under `UNTOUCHED` and is stored only after the invalidation. */
const SLOW_FILL_MS = 24 * 3_600_000;

/**
 * The statement that gives every tag a new version, to go into the SAME batch as the write that
 * needs it: the change and its invalidation then both happen or neither. `when` is the guard of
 * that change. The table, in the database of whoever owns the data (kept 31 days after the last
 * change, about 90 bytes per tag, 500 per user-year):
 *
 *     CREATE TABLE tag_versions (
 *       tag TEXT PRIMARY KEY, version TEXT NOT NULL, updated_at INTEGER NOT NULL
 *     ) STRICT, WITHOUT ROWID;
 *     CREATE INDEX tag_versions_by_age ON tag_versions (updated_at);
 */
export const invalidateStatement = (
  tags: readonly Tag[],
  now: number,
  when = sql`TRUE`,
): Sql => sql`
  INSERT INTO tag_versions (tag, version, updated_at)
  SELECT DISTINCT value, ${toBase64Url(crypto.getRandomValues(new Uint8Array(VERSION_BYTES)))}, ${now}
  FROM json_each(${JSON.stringify(tags)}) WHERE ${when}
  ON CONFLICT (tag) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at`;

/** Removes rows that no living entry can depend on. */
export const forgetTagsStatement = (now: number): Sql => sql`
  DELETE FROM tag_versions WHERE updated_at < ${now - MAX_ENTRY_LIFE_MS - SLOW_FILL_MS}`;

/**
 * The index of record. D1 answers it from the primary unless a session says otherwise: never give it
 * a replica, which would hand out the version of before the reader's own write.
 */
export const createD1TagIndex = (db: Database): TagIndex => ({
  versionsOf: async (tags) => {
    const versions = new Map<Tag, string>(tags.map((tag) => [tag, UNTOUCHED]));
    if (tags.length === 0) return versions;
    const rows = await db.all<{ tag: Tag; version: string }>(sql`
      SELECT tag, version FROM tag_versions
      WHERE tag IN (SELECT value FROM json_each(${JSON.stringify(tags)}))`);
    for (const { tag, version } of rows) versions.set(tag, version);
    return versions;
  },
  invalidate: async (tags, now) => {
    if (tags.length > 0) await db.write(invalidateStatement(tags, now));
  },
});

import { describe, expect, it } from "vitest";

import { createDatabase } from "../d1/database.ts";
import { sql } from "../d1/sql.ts";
import { openTestD1 } from "../d1/sqlite-for-tests.ts";
import {
  createD1TagIndex,
  forgetTagsStatement,
  invalidateStatement,
  MAX_ENTRY_LIFE_MS,
} from "./d1-tag-index.ts";
import { UNTOUCHED } from "./tag-index.ts";
import { TAGS_TABLE } from "./table-for-tests.ts";
import { teamTag, userTag, userTeamsTag } from "./tags.ts";

const ada = userTag("ada");
const teams = userTeamsTag("ada");
const team = teamTag("t1");

const open = () => {
  const { d1, statements } = openTestD1(`${TAGS_TABLE}; CREATE TABLE t (id INTEGER PRIMARY KEY)`);
  const db = createDatabase(d1);
  return { db, statements, index: createD1TagIndex(db) };
};

describe("the tag index on D1", () => {
  it("says of a tag nobody changed that it is untouched", async () => {
    expect(await open().index.versionsOf([ada])).toEqual(new Map([[ada, UNTOUCHED]]));
  });

  it("gives a tag a version it never had, each time, and others none", async () => {
    const { index } = open();
    const seen = new Set<string | undefined>();
    for (let round = 0; round < 100; round += 1) {
      await index.invalidate([ada, teams], 7);
      seen.add((await index.versionsOf([ada])).get(ada));
    }
    expect(seen.size).toBe(100);
    expect((await index.versionsOf([team])).get(team)).toBe(UNTOUCHED);
  });

  it("answers for any number of tags in one round trip, and for none without one", async () => {
    const { index, statements } = open();
    const many = Array.from({ length: 500 }, (_, number) => userTag(`u${number}`));
    await index.invalidate(many, 7);
    expect((await index.versionsOf(many)).size).toBe(500);
    expect(statements).toHaveLength(2);
    await index.versionsOf([]);
    await index.invalidate([], 7);
    expect(statements).toHaveLength(2);
  });

  it("takes the same tag twice in one invalidation", async () => {
    const { index } = open();
    await index.invalidate([ada, ada], 7);
    expect((await index.versionsOf([ada, ada])).get(ada)).not.toBe(UNTOUCHED);
  });

  it("invalidates in the batch of the write: both happen, or neither", async () => {
    const { db, index } = open();
    const batch = [sql`INSERT INTO t (id) VALUES (1)`, invalidateStatement([ada], 7)];
    await db.batch(batch);
    const version = (await index.versionsOf([ada])).get(ada);
    expect(version).not.toBe(UNTOUCHED);
    await expect(db.batch(batch.toReversed())).rejects.toThrow("D1");
    expect((await index.versionsOf([ada])).get(ada)).toBe(version);
  });

  it("invalidates nothing when the guard of the change does not hold", async () => {
    const { db, index } = open();
    await db.write(invalidateStatement([ada], 7, sql`EXISTS (SELECT 1 FROM t WHERE id = ${1})`));
    expect((await index.versionsOf([ada])).get(ada)).toBe(UNTOUCHED);
  });

  it("forgets only tags that changed longer ago than any entry lives", async () => {
    const { db, index } = open();
    await index.invalidate([ada], 0);
    await index.invalidate([team], MAX_ENTRY_LIFE_MS);
    await db.write(forgetTagsStatement(2 * MAX_ENTRY_LIFE_MS));
    const versions = await index.versionsOf([ada, team]);
    expect(versions.get(ada)).toBe(UNTOUCHED);
    expect(versions.get(team)).not.toBe(UNTOUCHED);
  });
});

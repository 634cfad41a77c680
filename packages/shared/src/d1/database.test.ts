import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createDatabase, DatabaseFailure, DEADLINE_MS, type Database } from "./database.ts";
import { sql } from "./sql.ts";
import { openTestD1 } from "./sqlite-for-tests.ts";

const SCHEMA = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT";
const insert = (name: string | null) => sql`INSERT INTO t (name) VALUES (${name}) RETURNING id`;

/** A D1 whose every call ends in this way. */
const brokenBy = (work: () => Promise<never>): Database => {
  const statement = { bind: () => statement, first: work, all: work };
  return createDatabase({ prepare: () => statement, batch: work } as unknown as D1Database);
};

/** How a call failed: its outcome, or what was thrown instead of a DatabaseFailure. */
const outcomeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return "succeeded";
  } catch (error) {
    return error instanceof DatabaseFailure ? error.outcome : error;
  }
};

const CALLS = [
  ["first", "failed", (db: Database) => db.first(sql`SELECT 1`)],
  ["all", "failed", (db: Database) => db.all(sql`SELECT 1`)],
  ["write", "unknown", (db: Database) => db.write(insert("a"))],
  ["batch", "unknown", (db: Database) => db.batch([insert("a")])],
] as const;

describe("the database", () => {
  it("reads the first row, every row, or none", async () => {
    const db = createDatabase(openTestD1(`${SCHEMA}; INSERT INTO t (name) VALUES ('a'), ('b')`).d1);
    expect(await db.first(sql`SELECT name FROM t ORDER BY id`)).toEqual({ name: "a" });
    expect(await db.all(sql`SELECT name FROM t ORDER BY id`)).toEqual([
      { name: "a" },
      { name: "b" },
    ]);
    expect(await db.first(sql`SELECT name FROM t WHERE id = ${9}`)).toBeNull();
    expect(await db.all(sql`SELECT name FROM t WHERE id = ${9}`)).toEqual([]);
  });

  it("tells what a write changed and returned", async () => {
    const db = createDatabase(openTestD1(SCHEMA).d1);
    expect(await db.write(insert("a"))).toEqual({ rows: [{ id: 1 }], changes: 1 });
    expect(await db.write(sql`DELETE FROM t`)).toEqual({ rows: [], changes: 1 });
    expect(await db.write(sql`DELETE FROM t`)).toEqual({ rows: [], changes: 0 });
  });

  it("stores a boolean as SQLite's 0 or 1", async () => {
    const db = createDatabase(openTestD1(SCHEMA).d1);
    expect(await db.first(sql`SELECT ${true} AS yes, ${false} AS no`)).toEqual({ yes: 1, no: 0 });
  });

  it("does all of a batch or none of it", async () => {
    const { d1, sqlite } = openTestD1(SCHEMA);
    const db = createDatabase(d1);
    expect(await outcomeOf(db.batch([insert("a"), insert("b"), insert("a")]))).toBe("failed");
    expect(sqlite.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
    expect(await db.batch([insert("a"), insert("b")])).toHaveLength(2);
    expect(sqlite.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 2 });
  });
});

describe("a refused statement", () => {
  it.each([
    ["a constraint", () => insert(null)],
    ["a table that does not exist", () => sql`INSERT INTO nowhere VALUES (1)`],
    ["a mistake in the SQL", () => sql`INSERT INTO INTO t`],
  ])("has failed, by %s, and changed nothing", async (_name, make) => {
    const { d1, sqlite } = openTestD1(SCHEMA);
    expect(await outcomeOf(createDatabase(d1).write(make()))).toBe("failed");
    expect(sqlite.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
  });

  it.each([
    ["D1_ERROR: UNIQUE constraint failed: t.name: SQLITE_CONSTRAINT", "failed"],
    ["D1_ERROR: no such table: t: SQLITE_ERROR", "failed"],
    ["D1_ERROR: Network connection lost.", "unknown"],
    ["D1_ERROR: storage operation exceeded timeout which caused object to be reset.", "unknown"],
    ["internal error; reference = 0", "unknown"],
  ])("is told from a lost one: %s", async (message, outcome) => {
    const db = brokenBy(() => Promise.reject(new Error(message)));
    expect(await outcomeOf(db.write(insert("a")))).toBe(outcome);
  });
});

describe("a database that does not answer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(CALLS)("is given up at the deadline: %s is %s", async (_name, outcome, call) => {
    const result = outcomeOf(call(brokenBy(() => new Promise(() => {}))));
    const early = Promise.race([result, Promise.resolve("waiting")]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(await early).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe(outcome);
  });

  it.each(CALLS)("loses the connection: %s is %s", async (_name, outcome, call) => {
    const result = outcomeOf(call(brokenBy(() => Promise.reject(new Error("Network lost")))));
    expect(await result).toBe(outcome);
  });

  it("leaves no timer behind when it did answer", async () => {
    await createDatabase(openTestD1(SCHEMA).d1).write(insert("a"));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps the cause for the log and out of the message", async () => {
    const cause = new Error("D1_ERROR: UNIQUE constraint failed: users.email");
    const work = brokenBy(() => Promise.reject(cause)).first(sql`SELECT 1`);
    await expect(work).rejects.toMatchObject({ message: "D1 call failed", cause });
  });
});

import type { Database } from "@luna/shared/d1/database";
import type { Sql } from "@luna/shared/d1/sql";
import type { UserCaller } from "@luna/shared/rpc/caller";
import { newTrace } from "@luna/shared/trace";
import { describe, expect, it } from "vitest";

import { ownStore } from "./own-store.ts";

const caller: UserCaller = {
  kind: "user",
  client: { address: "", region: null, userAgent: "", language: "en" },
  userId: "the-caller",
  credential: { kind: "session", sessionId: "s1" },
  role: "user",
  tier: "free",
};

/** A database that has nothing and remembers what it was asked. */
const recorder = () => {
  const asked: Sql[] = [];
  const nothing = { rows: [], changes: 0 };
  const db: Database = {
    first: async (statement) => (asked.push(statement), null),
    all: async (statement) => (asked.push(statement), []),
    write: async (statement) => (asked.push(statement), nothing),
    batch: async (statements) => (asked.push(...statements), statements.map(() => nothing)),
  };
  return { asked, db };
};

/** Everything a caller's store can do; a verb missing here fails the first test. */
const VERBS: Record<keyof ReturnType<typeof ownStore>, (store: Store) => Promise<unknown>> = {
  read: (store) => store.read(),
  change: (store) => store.change({ name: "Ann" }, newTrace(), 1),
};
type Store = ReturnType<typeof ownStore>;

/** The value bound to the `?` that stands right after `before`. */
const boundAfter = ({ text, params }: Sql, before: RegExp): unknown => {
  const found = before.exec(text);
  if (found === null) return undefined;
  const placeholders = text.slice(0, found.index + found[0].length).split("?").length - 2;
  return params[placeholders];
};

/** An audit row has no predicate of its own: its guard is the change before it in the batch. */
const isGuardedAudit = ({ text }: Sql): boolean =>
  /^\s*INSERT INTO audit\b[^;]*WHERE changes\(\) = 1$/.test(text);

describe("the store of one caller", () => {
  it("is tested in every verb it has", () => {
    expect(Object.keys(VERBS).sort()).toEqual(Object.keys(ownStore(recorder().db, caller)).sort());
  });

  it.each(Object.entries(VERBS))("names the caller in every predicate of %s", async (_, verb) => {
    const { asked, db } = recorder();
    await verb(ownStore(db, caller));
    expect(asked).not.toEqual([]);
    for (const statement of asked.filter((statement) => !isGuardedAudit(statement)))
      expect(boundAfter(statement, /WHERE id = \?/)).toBe("the-caller");
  });

  it("never joins what it reads on anything but the caller's own row", async () => {
    const { asked, db } = recorder();
    await ownStore(db, caller).read();
    const inner = (table: string) =>
      asked.map(({ text }) => new RegExp(`FROM ${table} WHERE ([^)]*)\\)`).exec(text)?.[1]);
    expect(inner("subscriptions")).toEqual(["owner_kind = 'user' AND owner_id = users.id"]);
    expect(inner("grants")).toEqual(["user_id = users.id"]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createDatabase } from "./database.ts";
import { sql, type Sql } from "./sql.ts";
import { openTestD1 } from "./sqlite-for-tests.ts";

const Hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("'", "' OR 1=1 --", "?", "${x}", "\0", "); DROP TABLE t; --", "\\'", "x?y?"),
);

describe("a statement", () => {
  it("has the same text whatever its values are", () => {
    const make = (a: string, b: number) => sql`SELECT ${a}, ${b} WHERE ${a} = 'fixed'`;
    fc.assert(
      fc.property(Hostile, fc.integer(), (a, b) => {
        expect(make(a, b)).toEqual({ text: make("", 0).text, params: [a, b, a] });
      }),
      { seed: 9 },
    );
  });

  it("gives every value back unchanged from the database", async () => {
    const db = createDatabase(openTestD1("").d1);
    await fc.assert(
      fc.asyncProperty(
        Hostile.filter((text) => text.isWellFormed()),
        async (text) => {
          expect(await db.first(sql`SELECT ${text} AS text`)).toEqual({ text });
        },
      ),
      { seed: 10 },
    );
  });

  it("takes fragments in, with their values in order", () => {
    const owner = sql`owner = ${"o"}`;
    const both = sql`(${owner} AND tier IN (${"a"}, ${"b"}))`;
    expect(sql`SELECT ${1} FROM t WHERE ${both} LIMIT ${2}`).toEqual({
      text: "SELECT ? FROM t WHERE (owner = ? AND tier IN (?, ?)) LIMIT ?",
      params: [1, "o", "a", "b", 2],
    });
  });

  it("has no values where none were given", () => {
    expect(sql`SELECT 1`).toEqual({ text: "SELECT 1", params: [] });
  });

  it("does not take text from an object that only looks like a fragment", () => {
    const parsed = JSON.parse('{"text":"1; DROP TABLE t","params":[]}') as Sql;
    expect(sql`SELECT ${parsed}`).toEqual({ text: "SELECT ?", params: [parsed] });
  });

  it.each([[null], [true], [false], [0], [-1.5], [""]])("keeps %j as a value", (value) => {
    expect(sql`SELECT ${value}`).toEqual({ text: "SELECT ?", params: [value] });
  });
});

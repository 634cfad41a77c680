import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { toBase64Url, utf8 } from "../bytes.ts";
import { newId } from "../id.ts";
import { page, pageOf, PageQuery } from "./cursor.ts";

const rows = Array.from({ length: 7 }, (_, at) => ({ id: newId(at) }));
const idOf = (row: { id: string }): string => row.id;
const cursorOf = (text: string): string | undefined => v.parse(PageQuery, { cursor: text }).cursor;

type Page = { items: { id: string }[]; nextCursor: string | null };

/** What a store does: the rows after the cursor's key, one more than asked for. */
const read = (limit: number, after = "") =>
  rows.filter((row) => row.id > after).slice(0, limit + 1);

describe("pages", () => {
  it.each([1, 2, 3, 6, 7, 8, 100])("of %i rows give every row once, in order", (limit) => {
    const seen: string[] = [];
    let after: string | undefined = "";
    while (after !== undefined) {
      const { items, nextCursor }: Page = page(read(limit, after), limit, idOf);
      seen.push(...items.map(idOf));
      after = nextCursor === null ? undefined : cursorOf(nextCursor);
    }
    expect(seen).toEqual(rows.map(idOf));
  });

  it("end with null, on a full last page and on an empty one", () => {
    expect(page(read(7), 7, idOf).nextCursor).toBeNull();
    expect(page([], 7, idOf)).toEqual({ items: [], nextCursor: null });
  });

  it("fit their own schema", () => {
    const schema = pageOf(v.strictObject({ id: v.string() }));
    expect(v.is(schema, page(read(2), 2, idOf))).toBe(true);
  });
});

describe("a cursor", () => {
  it("comes back as the key it was made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }), (key) => {
        const { nextCursor } = page(["a", "b"], 1, () => key);
        expect(cursorOf(nextCursor ?? "")).toBe(key);
      }),
      { seed: 8, examples: [["\uFEFFmarked"]] },
    );
  });

  it.each([
    "=",
    "A",
    "AB",
    "AAAA=",
    "++++",
    "<script>",
    "' OR 1=1 --",
    " AAAA",
    "A".repeat(204),
    toBase64Url(Uint8Array.of(0xff, 0xfe)),
    toBase64Url(utf8("\uD800")).slice(0, -1),
  ])("that we never made is refused: %j", (text) => {
    expect(v.is(PageQuery, { cursor: text })).toBe(false);
  });
});

describe("a limit", () => {
  it.each([
    [{}, 20],
    [{ limit: "1" }, 1],
    [{ limit: "100" }, 100],
  ])("is read from %j", (query, limit) => {
    expect(v.parse(PageQuery, query).limit).toBe(limit);
  });

  it.each(["0", "101", "-1", "1.5", "1e2", "", " 1", "０", "999", "1000", "NaN", "0x1"])(
    "is refused: %j",
    (limit) => {
      expect(v.is(PageQuery, { limit })).toBe(false);
    },
  );
});

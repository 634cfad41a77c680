import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createLru } from "./lru.ts";

const small = { bytes: 1, until: 100 };

interface Listed {
  key: string;
  value: number;
  bytes: number;
  until: number;
  used: boolean;
}

/** What is left of a list, oldest first, of at most three entries and 10 bytes once `bytes` more come. */
const withRoomFor = (bytes: number, [oldest, ...others]: readonly Listed[]): Listed[] => {
  if (oldest === undefined) return [];
  const held = others.reduce((sum, one) => sum + one.bytes, oldest.bytes);
  if (others.length < 2 && held + bytes <= 10) return [oldest, ...others];
  return withRoomFor(bytes, oldest.used ? [...others, { ...oldest, used: false }] : others);
};

describe("the isolate's memory", () => {
  it("gives back what was set, until its deadline and not at it", () => {
    const lru = createLru<string>({ maxEntries: 2, maxBytes: 10 });
    lru.set("a", "1", small);
    expect(lru.get("a", 99)).toBe("1");
    expect(lru.get("a", 100)).toBeUndefined();
    expect([lru.size, lru.bytes]).toEqual([0, 0]);
  });

  it("drops the oldest that nobody has used when there are too many", () => {
    const lru = createLru<string>({ maxEntries: 2, maxBytes: 10 });
    lru.set("a", "1", small);
    lru.set("b", "2", small);
    lru.get("a", 0);
    lru.set("c", "3", small);
    expect([lru.get("a", 0), lru.get("b", 0), lru.get("c", 0)]).toEqual(["1", undefined, "3"]);
  });

  it("gives who was used one more chance, and drops even them when all were", () => {
    const lru = createLru<string>({ maxEntries: 2, maxBytes: 10 });
    for (const key of ["a", "b"]) {
      lru.set(key, key, small);
      lru.get(key, 0);
    }
    lru.set("c", "c", small);
    expect([lru.size, lru.get("a", 0), lru.get("c", 0)]).toEqual([2, undefined, "c"]);
    lru.set("d", "d", small);
    expect([lru.get("b", 0), lru.get("c", 0), lru.get("d", 0)]).toEqual([undefined, "c", "d"]);
  });

  it("drops as many as a large one needs", () => {
    const lru = createLru<string>({ maxEntries: 9, maxBytes: 10 });
    for (const key of ["a", "b", "c"]) lru.set(key, key, { bytes: 3, until: 100 });
    lru.set("d", "d", { bytes: 7, until: 100 });
    expect([lru.get("a", 0), lru.get("b", 0), lru.get("c", 0), lru.get("d", 0)]).toEqual([
      undefined,
      undefined,
      "c",
      "d",
    ]);
    expect(lru.bytes).toBe(10);
  });

  it("keeps nothing that is larger than itself, nor what that would have replaced", () => {
    const lru = createLru<string>({ maxEntries: 9, maxBytes: 10 });
    lru.set("other", "kept", small);
    lru.set("a", "old", small);
    lru.set("a", "new", { bytes: 11, until: 100 });
    expect([lru.get("a", 0), lru.get("other", 0)]).toEqual([undefined, "kept"]);
  });

  it("holds a value that is undefined's neighbour: null, zero and the empty text", () => {
    const lru = createLru<string | number | null>({ maxEntries: 9, maxBytes: 10 });
    lru.set("null", null, small);
    lru.set("zero", 0, small);
    lru.set("empty", "", small);
    expect([lru.get("null", 0), lru.get("zero", 0), lru.get("empty", 0)]).toEqual([null, 0, ""]);
  });

  it("tells whether there was something to delete", () => {
    const lru = createLru<string>({ maxEntries: 2, maxBytes: 10 });
    lru.set("a", "1", small);
    expect([lru.delete("a"), lru.delete("a"), lru.bytes]).toEqual([true, false, 0]);
  });

  it("agrees with a plain list in which the used get a second chance, over any history", () => {
    const Step = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e"),
      set: fc.boolean(),
      bytes: fc.integer({ min: 0, max: 12 }),
      life: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 40 }), (steps) => {
        const lru = createLru<number>({ maxEntries: 3, maxBytes: 10 });
        let list: Listed[] = [];
        steps.forEach(({ key, set, bytes, life }, now) => {
          const held = list.find((entry) => entry.key === key);
          const live = held !== undefined && now < held.until ? held : undefined;
          if (set || live === undefined) list = list.filter((entry) => entry !== held);
          expect(set ? undefined : lru.get(key, now)).toBe(set ? undefined : live?.value);
          if (!set && live !== undefined) live.used = true;
          if (set) lru.set(key, now, { bytes, until: now + life });
          if (set && bytes <= 10)
            list = [
              ...withRoomFor(bytes, list),
              { key, value: now, bytes, until: now + life, used: false },
            ];
          expect(lru.size).toBe(list.length);
          expect(lru.bytes).toBe(list.reduce((sum, one) => sum + one.bytes, 0));
        });
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });
});

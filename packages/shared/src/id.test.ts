import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { newId } from "./id.ts";

/** Far beyond any clock we meet, and well within the ten digits an id has for its time. */
const Time = fc.integer({ min: 0, max: Date.UTC(9999, 0) });

describe("an id", () => {
  it("begins with its shard and has 28 characters that survive being read aloud", () => {
    fc.assert(
      fc.property(Time, (now) => {
        expect(newId(now)).toMatch(/^00[0-9a-hjkmnp-tv-z]{26}$/);
      }),
      { seed: 6 },
    );
  });

  it("sorts by its time", () => {
    fc.assert(
      fc.property(Time, Time, (a, b) => {
        fc.pre(a !== b);
        expect(newId(a) < newId(b)).toBe(a < b);
      }),
      {
        seed: 7,
        examples: [
          [1, 2],
          [31, 32],
          [1_023, 1_024],
          [2 ** 32 - 1, 2 ** 32],
        ],
      },
    );
  });

  it("is unique among those of the same millisecond", () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newId(1))).size).toBe(10_000);
  });
});

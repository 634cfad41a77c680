import { describe, expect, it } from "vitest";

import { createDatabase } from "../d1/database.ts";
import { openTestD1 } from "../d1/sqlite-for-tests.ts";
import { createD1TagIndex } from "./d1-tag-index.ts";
import { TAGS_TABLE } from "./table-for-tests.ts";
import { userTag } from "./tags.ts";

const tag = userTag("ada");

/** A way to keep one value: the three steps of a fill, a write, and what a reader then finds. */
interface Design {
  fill: (() => Promise<void>)[];
  write(): Promise<void>;
  /** The value kept, or `undefined` for a miss. */
  read(): Promise<number | undefined>;
}

/** Versions drawn before the load are part of the key. */
const versioned = (origin: { value: number }): Design => {
  const index = createD1TagIndex(createDatabase(openTestD1(TAGS_TABLE).d1));
  const kept = new Map<string | undefined, number>();
  let version: string | undefined;
  let loaded = 0;
  const current = async () => (await index.versionsOf([tag])).get(tag);
  return {
    fill: [
      async () => void (version = await current()),
      async () => void (loaded = origin.value),
      async () => void kept.set(version, loaded),
    ],
    write: async () => {
      origin.value += 1;
      await index.invalidate([tag], 0);
    },
    read: async () => kept.get(await current()),
  };
};

/** The usual design: an entry is good if it was stored after its tag was invalidated. */
const timestamped = (origin: { value: number }): Design => {
  let clock = 0;
  let invalidatedAt = 0;
  let entry = { value: 0, storedAt: -1 };
  let loaded = 0;
  return {
    fill: [
      async () => {},
      async () => void (loaded = origin.value),
      async () => void (entry = { value: loaded, storedAt: (clock += 1) }),
    ],
    write: async () => {
      origin.value += 1;
      invalidatedAt = clock += 1;
    },
    read: async () => (entry.storedAt > invalidatedAt ? entry.value : undefined),
  };
};

/** Runs one fill with a write before each of its steps and after it; counts the stale reads. */
const staleReads = async (make: (origin: { value: number }) => Design): Promise<number> => {
  let stale = 0;
  for (let at = 0; at <= 3; at += 1) {
    const origin = { value: 0 };
    const design = make(origin);
    for (const [step, run] of design.fill.entries()) {
      if (step === at) await design.write();
      await run();
    }
    if (at === design.fill.length) await design.write();
    const found = await design.read();
    if (found !== undefined && found !== origin.value) stale += 1;
  }
  return stale;
};

describe("an invalidation while an entry is being filled", () => {
  it("is never lost, wherever in the fill it lands", async () => {
    expect(await staleReads(versioned)).toBe(0);
  });

  it("is lost by time stamps taken after the load, which this check sees", async () => {
    expect(await staleReads(timestamped)).toBe(1);
  });
});

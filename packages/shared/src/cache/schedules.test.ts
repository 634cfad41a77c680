import { describe, expect, it, vi } from "vitest";

import { runSchedule, type IndexOf, type Seen } from "./schedule-for-tests.ts";
import { stubTime } from "./virtual-time-for-tests.ts";

const SCHEDULES = 10_000;

const runAll = async (schedules: number, indexOf?: IndexOf): Promise<Seen> => {
  const time = stubTime();
  const all: Seen = { reads: 0, stale: 0, wrong: 0, failed: 0, late: 0, loads: 0 };
  for (let seed = 1; seed <= schedules; seed += 1) {
    const seen = await runSchedule(seed, time, indexOf);
    for (const what of Object.keys(all) as (keyof Seen)[]) all[what] += seen[what];
  }
  // What checks the outcome needs a real clock.
  vi.unstubAllGlobals();
  return all;
};

describe("two isolates over a KV that fails, hangs and lies", () => {
  it("never answer otherwise than the origin, nor older than a write before the read", async () => {
    const seen = await runAll(SCHEDULES);
    expect(seen).toMatchObject({ stale: 0, wrong: 0, failed: 0, late: 0 });
    expect(seen.reads).toBe(SCHEDULES * 15);
    // A cache that answers nothing would be right as well.
    expect(seen.loads).toBeLessThan(seen.reads * 0.9);
  }, 600_000);

  it("would answer with old data if time alone ended an entry, which this check sees", async () => {
    const untagged: IndexOf = () => ({
      versionsOf: async (tags) => new Map(tags.map((tag) => [tag, "0"])),
      invalidate: async () => {},
    });
    expect((await runAll(200, untagged)).stale).toBeGreaterThan(0);
  });

  it("would if an isolate kept versions for a second, which this check sees", async () => {
    const remembering: IndexOf = (record, time) => {
      const kept = new Map<
        string,
        { found: Awaited<ReturnType<typeof record.versionsOf>>; at: number }
      >();
      return {
        ...record,
        versionsOf: async (tags) => {
          const known = kept.get(tags.join(" "));
          if (known !== undefined && time.now() - known.at < 1_000) return known.found;
          const found = await record.versionsOf(tags);
          kept.set(tags.join(" "), { found, at: time.now() });
          return found;
        },
      };
    };
    expect((await runAll(200, remembering)).stale).toBeGreaterThan(0);
  });
});

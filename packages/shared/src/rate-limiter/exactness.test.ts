import { describe, expect, it } from "vitest";

import { attack } from "./attack-for-tests.ts";
import type { Policy } from "./policy.ts";
import {
  exactLog,
  fixedWindow,
  HOUR,
  memoryOnly,
  MINUTE,
  mostInAnyWindow,
  openLedger,
  rolling,
  SECOND,
  stampedAtReservation,
  START,
} from "./simulation-for-tests.ts";
import type { Limiter } from "./simulation-for-tests.ts";

const seedsTo = (last: number) => Array.from({ length: last }, (_, nth) => nth + 1);
const SEEDS = seedsTo(20);
const WINDOWS = [10 * SECOND, MINUTE, HOUR];
const runsOf = (seeds: readonly number[]) =>
  seeds.flatMap((seed) => WINDOWS.map((windowMs) => ({ seed, windowMs })));
const RUNS = runsOf(SEEDS);
/** A fault that shows only when a step is cut off at the right moment takes longer to be met. */
const PATIENT_RUNS = runsOf(seedsTo(400));
/** Each seed with one of the windows in turn. */
const SEEDED_WINDOWS = SEEDS.map((seed) => ({
  seed,
  windowMs: WINDOWS[seed % WINDOWS.length] ?? HOUR,
}));

type Open = (policy: Policy) => Limiter;

/** Whether some rolling window of some run held more than the limit. */
const isOverrun = (open: Open, limit: number, runs = RUNS): boolean =>
  runs.some(({ seed, windowMs }) => {
    const policy = rolling("user/hour", limit, windowMs);
    const trace = attack(open(policy), policy, { seed, windows: 12, crashes: true });
    return mostInAnyWindow(trace.admitted, windowMs) > limit;
  });

describe("exactness under attack", () => {
  it.each([60, 100, 1_000, 10_000])(
    "admits at most %i in any rolling window, through crashes",
    (limit) => {
      expect(isOverrun((policy) => openLedger([policy]), limit)).toBe(false);
    },
  );

  it.each([60, 100, 1_000, 10_000])("admits 59/60 of what an exact log of %i does", (limit) => {
    for (const { seed, windowMs } of SEEDED_WINDOWS) {
      const policy = rolling("user/hour", limit, windowMs);
      const trace = attack(openLedger([policy]), policy, { seed, windows: 12, crashes: false });
      const exact = exactLog(limit, policy.windowMs);
      const possible = trace.asked.filter((now) => exact.ask(now).admitted).length;
      expect(trace.admitted.length / possible).toBeGreaterThanOrEqual(59 / 60);
      expect(trace.admitted.length).toBeGreaterThan(limit);
    }
  });

  it.each([60, 100, 1_000, 10_000])("wastes at most one step of %i per crash", (limit) => {
    for (const { seed, windowMs } of SEEDED_WINDOWS) {
      const policy = rolling("user/hour", limit, windowMs);
      const ledger = openLedger([policy]);
      const wasted: number[] = [];
      const watched: Limiter = {
        ask: ledger.ask,
        crash: (now) => {
          const before = ledger.limits(now)[0]?.remaining ?? 0;
          ledger.crash(now);
          wasted.push(before - (ledger.limits(now)[0]?.remaining ?? 0));
        },
      };
      attack(watched, policy, { seed, windows: 12, crashes: true });
      expect(wasted.length).toBeGreaterThan(0);
      expect(Math.min(...wasted)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...wasted)).toBeLessThanOrEqual(Math.floor(limit / 100));
    }
  });

  it("loses none of one request per 12 s over an hour, though memory is lost between them", () => {
    const policy = rolling("user/hour", 300, HOUR);
    const ledger = openLedger([policy]);
    const answers = Array.from({ length: 300 }, (_, nth) => {
      const now = START + nth * 12 * SECOND;
      ledger.idle(now);
      ledger.crash(now);
      return ledger.ask(now).admitted;
    });
    expect(answers).not.toContain(false);
    expect(ledger.limits(START + HOUR - 1)[0]?.remaining).toBe(0);
    expect(ledger.ask(START + HOUR - 1).admitted).toBe(false);
    expect(ledger.ask(START + HOUR).admitted).toBe(true);
  });
});

describe("the checker", () => {
  it.each([60, 100, 1_000, 10_000])("finds no fault in an exact log of %i", (limit) => {
    expect(isOverrun(({ windowMs }) => exactLog(limit, windowMs), limit)).toBe(false);
  });

  it.each([60, 100, 1_000, 10_000])("catches a fixed window of %i", (limit) => {
    expect(isOverrun(({ windowMs }) => fixedWindow(limit, windowMs), limit)).toBe(true);
  });

  it.each([60, 100, 1_000, 10_000])("catches a counter of %i kept in memory only", (limit) => {
    expect(isOverrun((policy) => openLedger([policy], memoryOnly), limit)).toBe(true);
  });

  it.each([1_000, 10_000])("catches reservations of %i stamped when they were made", (limit) => {
    const open: Open = (policy) => openLedger([policy], stampedAtReservation);
    expect(isOverrun(open, limit, PATIENT_RUNS)).toBe(true);
  });
});

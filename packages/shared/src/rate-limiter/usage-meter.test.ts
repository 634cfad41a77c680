import { describe, expect, it } from "vitest";

import { Ledger } from "./ledger.ts";
import { HOUR, openLedger, randomOf, rolling, SECOND, START } from "./simulation-for-tests.ts";

const policies = [rolling("user/hour", 1_000, HOUR), rolling("burst", 50, 10 * SECOND)];
const STEP = 10;
const DECEMBER = Date.UTC(2026, 11, 1);

describe("usage", () => {
  it("is never below what was acknowledged, nor above it by more than a step per crash", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = randomOf(seed);
      const { ask, crash, ledger, seen } = openLedger(policies);
      let now = START;
      for (let hit = 0; hit < 1_000; hit += 1) {
        now += random() < 0.02 ? 20 * SECOND : Math.floor(random() * 200);
        ask(now, policies, random() < 0.9 ? 1 : 3);
        if (random() < 0.02) crash(now);
        const { requests } = ledger().usage(now);
        expect(requests).toBeGreaterThanOrEqual(seen.admitted);
        expect(requests).toBeLessThanOrEqual(seen.admitted + STEP * seen.crashes);
      }
      expect(seen.crashes).toBeGreaterThan(5);
    }
  });

  it("equals the admitted requests when nothing crashed, whatever they cost", () => {
    const { ask, ledger, seen } = openLedger(policies);
    for (let hit = 0; hit < 200; hit += 1) ask(START + hit * 300, policies, 1 + (hit % 3));
    expect(seen.admitted).toBeLessThan(200);
    expect(ledger().usage(START + 60_000)).toMatchObject({
      period: "2026-11",
      requests: seen.admitted,
    });
  });

  it("keeps the total of a past month until it is flushed, through a crash", () => {
    const { ask, crash, ledger } = openLedger(policies);
    ask(DECEMBER - 5_000);
    ask(DECEMBER - 1);
    ask(DECEMBER + 5_000);
    crash(DECEMBER + 6_000);
    const november = { period: "2026-11", requests: 2, seq: 2 };
    const december = { period: "2026-12", requests: 1, seq: 3 };
    expect(ledger().unflushed(DECEMBER + 6_000)).toEqual([november, december]);
    ledger().flushed("2026-11", 1);
    expect(ledger().unflushed(DECEMBER + 6_000)).toEqual([november, december]);
    ledger().flushed("2026-11", 2);
    expect(ledger().unflushed(DECEMBER + 6_000)).toEqual([december]);
    ledger().flushed("2026-12", 3);
    expect(ledger().unflushed(DECEMBER + 6_000)).toEqual([]);
    ask(DECEMBER + 20_000);
    expect(ledger().unflushed(DECEMBER + 20_000)).toEqual([{ ...december, requests: 2, seq: 4 }]);
  });

  it("keeps several past months of a long outage", () => {
    const { ask, ledger } = openLedger(policies);
    for (const month of [0, 1, 2, 3]) ask(Date.UTC(2026, month, 15));
    expect(
      ledger()
        .unflushed(Date.UTC(2027, 0, 1))
        .map(({ requests }) => requests)
        .reduce((sum, requests) => sum + requests, 0),
    ).toBe(4);
  });

  it("never repeats a sequence with another total, so a late flush cannot win", () => {
    const random = randomOf(3);
    const { ask, crash, ledger } = openLedger(policies);
    const totals = new Map<string, number>();
    let now = DECEMBER - 60_000;
    for (let hit = 0; hit < 2_000; hit += 1) {
      now += Math.floor(random() * 150);
      ask(now);
      if (random() < 0.05) crash(now);
      for (const { period, requests, seq } of ledger().unflushed(now)) {
        const known = totals.get(`${period} ${String(seq)}`);
        expect(known ?? requests).toBe(requests);
        totals.set(`${period} ${String(seq)}`, requests);
      }
    }
  });

  it("is zero for a subject that never asked", () => {
    const ledger = Ledger.restore(null, START);
    expect(ledger.usage(START)).toEqual({ period: "2026-11", requests: 0, seq: 0 });
    expect(ledger.unflushed(START)).toEqual([]);
  });
});

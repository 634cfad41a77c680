import { describe, expect, it } from "vitest";

import { createCounter } from "./create-counter.ts";
import { decide, stateOf } from "./limiter.ts";
import type { Policy } from "./policy.ts";
import { HOUR, MINUTE, perDay, randomOf, rolling, SECOND, START } from "./simulation-for-tests.ts";

const open = (...policies: Policy[]) =>
  policies.map((policy) => ({ policy, counter: createCounter(policy) }));

describe("decide", () => {
  it("charges nobody when one policy denies, at any load, cost and order", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomOf(seed);
      const charges = open(
        rolling("user/hour", 2_000, HOUR),
        rolling("creates", 100, MINUTE),
        perDay("key/day:k1", 3_000),
        rolling("burst", 50, 10 * SECOND),
      ).sort(() => random() - 0.5);
      let now = START;
      let denied = 0;
      for (let hit = 0; hit < 3_000; hit += 1) {
        now += Math.floor(random() * 250);
        const cost = random() < 0.9 ? 1 : Math.ceil(random() * 60);
        const before = charges.map((charge) => stateOf(charge, now).remaining);
        const { admitted, limits } = decide(charges, cost, now);
        const charged = limits.map(({ remaining }, nth) => (before[nth] ?? 0) - remaining);
        expect(charged).toEqual(charges.map(() => (admitted ? cost : 0)));
        if (!admitted) denied += 1;
      }
      expect(denied).toBeGreaterThan(100);
    }
  });

  it("names every violated policy and waits for the last of them", () => {
    const charges = open(rolling("hour", 1, HOUR), rolling("burst", 1, SECOND), perDay("day", 5));
    decide(charges, 1, START);
    expect(decide(charges, 1, START + 1)).toMatchObject({
      admitted: false,
      violated: ["hour", "burst"],
      retryAt: START + HOUR,
    });
  });

  it("says when there is more, and 0 when nothing is spent", () => {
    const charges = open(rolling("hour", 2, HOUR), rolling("burst", 1, SECOND));
    const unspent = charges.map((charge) => stateOf(charge, START).resetMs);
    decide(charges, 1, START);
    const { limits } = decide(charges, 1, START + 400);
    expect(unspent).toEqual([0, 0]);
    expect(limits.map(({ remaining, resetMs }) => [remaining, resetMs])).toEqual([
      [1, HOUR - 400],
      [0, 600],
    ]);
  });

  it("lets a shadow policy count and report, but never deny", () => {
    const shadow = { ...rolling("new", 1, HOUR), shadow: true };
    const charges = open(rolling("hour", 3, HOUR), shadow);
    const answers = [1, 2, 3, 4].map((ms) => decide(charges, 1, START + ms));
    expect(answers.map(({ admitted }) => admitted)).toEqual([true, true, true, false]);
    expect(answers.map(({ shadowed }) => shadowed)).toEqual([[], ["new"], ["new"], ["new"]]);
    expect(answers.map(({ violated }) => violated)).toEqual([[], [], [], ["hour"]]);
    expect(answers[1]?.limits[1]).toMatchObject({ shadow: true, remaining: 0 });
    expect(answers[2]?.limits[1]?.resetMs).toBe(HOUR - 2);
  });

  it("will never admit a cost above a limit", () => {
    expect(decide(open(rolling("hour", 5, HOUR)), 6, START).retryAt).toBe(Infinity);
  });

  it.each([0, -1, 0.5, Number.NaN, Infinity])("takes a cost of %d for a bug", (cost) => {
    expect(() => decide(open(rolling("hour", 5, HOUR)), cost, START)).toThrow(RangeError);
  });
});

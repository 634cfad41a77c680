import { describe, expect, it } from "vitest";

import { DENIAL_LIVES_MS, DenyCache, MAX_DENIALS } from "./deny-cache.ts";
import { RollingLog } from "./rolling-log.ts";
import { randomOf, rolling, SECOND, START } from "./simulation-for-tests.ts";

const denial = (retryAt: number) => ({
  violated: ["user/hour"],
  limits: [
    { name: "user/hour", limit: 9, windowMs: 1, remaining: 0, resetMs: 5_000, shadow: false },
  ],
  retryAt,
});
const FAR = START + 60 * SECOND;

describe("the deny cache", () => {
  it("holds a denial for a second and no longer", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(FAR), START);
    expect(cache.find("u1", "read", 1, START + DENIAL_LIVES_MS - 1)?.retryAt).toBe(FAR);
    expect(cache.find("u1", "read", 1, START + DENIAL_LIVES_MS)).toBeNull();
  });

  it("never holds one past its retryAt", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(START + 300), START);
    expect(cache.find("u1", "read", 1, START + 299)).not.toBeNull();
    expect(cache.find("u1", "read", 1, START + 300)).toBeNull();
  });

  it("asks when the clock ran backwards, so that no denial outlives its second", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(FAR), START);
    expect(cache.find("u1", "read", 1, START - 1)).toBeNull();
  });

  it("denies the same cost and larger ones, never a cheaper one", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 3, denial(FAR), START);
    expect(cache.find("u1", "read", 2, START)).toBeNull();
    expect(cache.find("u1", "read", 3, START)).not.toBeNull();
    expect(cache.find("u1", "read", 4, START)).not.toBeNull();
  });

  it("keeps credentials and policy sets apart", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(FAR), START);
    expect(cache.find("u2", "read", 1, START)).toBeNull();
    expect(cache.find("u1", "checkout", 1, START)).toBeNull();
  });

  it("asks again once a credential is forgotten", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(FAR), START);
    cache.remember("u2", "read", 1, denial(FAR), START);
    cache.forget("u1");
    expect(cache.find("u1", "read", 1, START)).toBeNull();
    expect(cache.find("u2", "read", 1, START)).not.toBeNull();
  });

  it("counts resetMs from the moment of the answer", () => {
    const cache = new DenyCache();
    cache.remember("u1", "read", 1, denial(FAR), START);
    expect(cache.find("u1", "read", 1, START + 400)?.limits[0]?.resetMs).toBe(4_600);
  });

  it("lets the oldest go when it is full", () => {
    const cache = new DenyCache();
    for (let user = 0; user <= MAX_DENIALS; user += 1)
      cache.remember(`u${String(user)}`, "read", 1, denial(FAR), START);
    expect(cache.find("u0", "read", 1, START)).toBeNull();
    expect(cache.find("u1", "read", 1, START)).not.toBeNull();
    expect(cache.find(`u${String(MAX_DENIALS)}`, "read", 1, START)).not.toBeNull();
  });

  it("never denies what the authority would admit", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomOf(seed);
      const cache = new DenyCache();
      const log = new RollingLog(rolling("burst", 20, 2 * SECOND));
      let now = START;
      let spared = 0;
      let wronged = 0;
      for (let hit = 0; hit < 5_000; hit += 1) {
        now += Math.floor(random() * 60);
        const cost = 1 + Math.floor(random() * 4);
        const held = cache.find("u1", "read", cost, now);
        const fits = log.fits(cost, now);
        if (held !== null) {
          if (fits) wronged += 1;
          spared += 1;
        } else if (fits) {
          log.add(cost, now);
        } else {
          cache.remember("u1", "read", cost, denial(log.retryAt(cost, now)), now);
        }
      }
      expect(wronged).toBe(0);
      expect(spared).toBeGreaterThan(100);
    }
  });
});

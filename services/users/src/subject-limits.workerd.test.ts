import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { PLANS } from "@luna/shared/plans";
import { LEAST_PATIENCE_MS } from "@luna/shared/rate-limiter/reservations";
import type { Presented } from "@luna/shared/rpc/subject";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  admit,
  admittedOf,
  apply,
  createKnown,
  NOW,
  push,
  setTime,
  startAfresh,
  subject,
  subscriptionOf,
  verdict,
} from "./workerd.fixture.ts";

const HOUR = 3_600_000;
const { userRequestsPerHour: FREE } = PLANS.free;
const { userRequestsPerHour: STARTER } = PLANS.starter;
/** The burst policy of a starter, in 10 s. */
const BURST = 100;

beforeEach(async () => {
  await startAfresh();
  await createKnown();
});

const restarts: [string, () => Promise<void>][] = [
  ["an abort", () => abortAllDurableObjects()],
  ["an eviction", () => evictDurableObject(subject())],
];

/** Rows written to storage while `work` runs. */
const rowsWritten = async (work: () => Promise<unknown>): Promise<number> => {
  const puts = await runInDurableObject(subject(), (_, { storage }) => vi.spyOn(storage.kv, "put"));
  puts.mockClear();
  await work();
  return puts.mock.calls.length;
};

describe("the limits of a plan", () => {
  it("admit the hour's requests and then none until the first is an hour old", async () => {
    expect(await admittedOf(FREE + 20)).toBe(FREE);
    const denied = await admit();
    expect(denied).toMatchObject({ code: "rate_limited", retryAt: NOW + HOUR });
    expect(denied).toHaveProperty("violated", ["user"]);
    setTime(NOW + HOUR - 1);
    expect(await admittedOf(1)).toBe(0);
    setTime(NOW + HOUR);
    expect(await admittedOf(FREE + 20)).toBe(FREE);
  });

  it.each(restarts)("are counted through %s: none is admitted twice", async (_what, restart) => {
    let admitted = 0;
    for (let part = 0; part < 12; part += 1) {
      admitted += await admittedOf(10);
      await restart();
    }
    expect(admitted).toBe(FREE);
  });

  it("waste at most a step when the object is aborted in a burst", async () => {
    await apply(subscriptionOf("ann", { tier: "starter" }));
    let admitted = 0;
    let aborts = 0;
    for (let second = 0; second < 120 && admitted < STARTER; second += 1) {
      setTime(NOW + second * 20_000);
      admitted += await admittedOf(37);
      if (second % 3 === 0) {
        await abortAllDurableObjects();
        aborts += 1;
      }
    }
    setTime(NOW + HOUR - 1);
    admitted += await admittedOf(60);
    expect(admitted).toBeLessThanOrEqual(STARTER);
    expect(admitted).toBeGreaterThanOrEqual(STARTER - aborts * (STARTER / 100));
  });

  it.each(restarts)("admit nothing extra after 12 s of quiet and %s", async (_what, restart) => {
    expect(await admittedOf(FREE)).toBe(FREE);
    await restart();
    setTime(NOW + 12_000);
    expect(await admittedOf(5)).toBe(0);
  });

  it("charge nothing to the hour for what the burst refuses", async () => {
    await apply(subscriptionOf("ann", { tier: "starter" }));
    expect(await admittedOf(BURST + 50)).toBe(BURST);
    expect(await admit()).toMatchObject({
      violated: ["burst"],
      retryAt: NOW + 10_000,
      limits: [{ name: "user", remaining: STARTER - BURST }, { name: "burst" }],
    });
  });

  it("are those of the plan on the very next request", async () => {
    expect(await admittedOf(FREE + 1)).toBe(FREE);
    await apply(subscriptionOf("ann", { tier: "starter" }));
    expect(await admittedOf(BURST)).toBe(BURST);
  });

  it("leave the account routes to whoever has used them up", async () => {
    expect(await admittedOf(FREE + 1)).toBe(FREE);
    expect(await admittedOf(10, { limit: "account" })).toBe(10);
    expect(await admittedOf(60, { limit: "account" })).toBe(50);
  });

  it("hold what creates to 100 a minute, and charge a refusal to nothing", async () => {
    await apply(subscriptionOf("ann", { tier: "enterprise" }));
    expect(await admittedOf(120, { limit: "create" })).toBe(100);
    expect(await admit({ limit: "create" })).toMatchObject({
      violated: ["create"],
      retryAt: NOW + 60_000,
      limits: [{ name: "user", remaining: 9_900 }, { name: "burst" }, { name: "create" }],
    });
    expect(await admittedOf(50)).toBe(50);
  });

  it("hold a key to its day besides the user's hour", async () => {
    await apply(subscriptionOf("ann", { tier: "starter" }));
    const grant = { secretHash: "h", scopes: ["read" as const], expiresAt: null };
    await push("ann", { kind: "key", epoch: 0, seq: 1, keyId: "k1", grant });
    const credential: Presented = { kind: "key", keyId: "k1", secretHash: "h" };
    expect(await admit({ credential })).toMatchObject({
      rateLimit: { policy: '"user";q=1000;w=3600, "burst";q=100;w=10, "key";q=1000;w=86400' },
    });
  });
});

it("a cost that no limit will ever have room for is refused for good", async () => {
  expect(await admit({ cost: 1_000_000 })).toMatchObject({ code: "rate_limited", retryAt: null });
});

describe("what counting costs", () => {
  it("is one row for a hit that comes alone", async () => {
    for (let hit = 1; hit < 6; hit += 1) {
      setTime(NOW + hit * 5_000);
      expect(await rowsWritten(() => admit())).toBe(1);
    }
  });

  it("is a row per step in a burst", async () => {
    await apply(subscriptionOf("ann", { tier: "enterprise" }));
    expect(await rowsWritten(() => admittedOf(400))).toBeLessThan(20);
  });

  it("is nothing for a refusal", async () => {
    await admittedOf(FREE);
    expect(await rowsWritten(() => admittedOf(50))).toBe(0);
  });

  it("is no timer while nothing is reserved, and one at a time while something is", async () => {
    const own = { now: 0, most: 0 };
    const start = globalThis.setTimeout;
    const timers = vi.spyOn(globalThis, "setTimeout");
    timers.mockImplementation(((run: () => void, ms: number) => {
      if (ms !== LEAST_PATIENCE_MS) return start(run, ms);
      own.now += 1;
      own.most = Math.max(own.most, own.now);
      return start(() => {
        own.now -= 1;
        run();
      }, ms);
    }) as typeof setTimeout);
    expect(await admittedOf(20)).toBe(20);
    expect(own.most).toBe(0);
    await apply(subscriptionOf("ann", { tier: "enterprise" }));
    await admittedOf(50);
    // One that comes too early, by the clock of the test, is followed by another.
    expect(own.most).toBe(1);
    timers.mockRestore();
  });
});

describe("a Subject whose counters are damaged", () => {
  const damage = () =>
    runInDurableObject(subject(), (_, { storage }) => {
      storage.kv.put("ledger", new Uint8Array([0xff, 0xff]));
    });

  it("admits nobody for an hour, through restarts, and then as ever", async () => {
    await admittedOf(10);
    await damage();
    for (let part = 0; part < 4; part += 1) {
      setTime(NOW + part * 900_000);
      await abortAllDurableObjects();
      expect(await admit()).toMatchObject({ violated: ["user"], retryAt: NOW + HOUR });
    }
    setTime(NOW + HOUR);
    expect(await admittedOf(FREE + 20)).toBe(FREE);
  });

  it("still knows its user, who may check out after a minute", async () => {
    await damage();
    await abortAllDurableObjects();
    expect(await verdict({ limit: "account" })).toBe("rate_limited");
    setTime(NOW + 60_000);
    expect(await admittedOf(5, { limit: "account" })).toBe(5);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createSingleFlight, FOLLOW_MS, type SingleFlight } from "./single-flight.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => {});
const after = async <T>(ms: number, value: T): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return value;
};

/** The usual design: everybody awaits the promise of whoever came first. */
const sharedPromise = <T>(): SingleFlight<T> => {
  const pending = new Map<string, Promise<T>>();
  return {
    share: async (key, load) => {
      const first = pending.get(key);
      if (first !== undefined) return { value: await first, led: false };
      const work = load().finally(() => pending.delete(key));
      pending.set(key, work);
      return { value: await work, led: true };
    },
  };
};

/** A leader whose request ended early, then a follower: when that got a value, or `null` for never. */
const followTheDead = async (flight: SingleFlight<string>): Promise<number | null> => {
  void flight.share("k", never, () => {});
  let answeredAt: number | null = null;
  const follow = async () => {
    await flight.share(
      "k",
      async () => "own",
      () => {},
    );
    answeredAt = Date.now();
  };
  void follow();
  await vi.advanceTimersByTimeAsync(3_600_000);
  return answeredAt;
};

describe("a single flight", () => {
  it("loads once for a thousand concurrent callers and gives all of them the value", async () => {
    const flight = createSingleFlight<string>(Date.now);
    let loads = 0;
    const load = () => after(20, `value ${(loads += 1)}`);
    const all = Promise.all(Array.from({ length: 1_000 }, () => flight.share("k", load, () => {})));
    await vi.runAllTimersAsync();
    const shared = await all;
    expect(loads).toBe(1);
    expect(new Set(shared.map(({ value }) => value))).toEqual(new Set(["value 1"]));
    expect(shared.filter(({ led }) => led)).toHaveLength(1);
  });

  it("loads anew for whoever comes after it landed, and apart for other keys", async () => {
    const flight = createSingleFlight<number>(Date.now);
    let loads = 0;
    const load = async () => (loads += 1);
    const values = [
      await flight.share("a", load, () => {}),
      await flight.share("b", load, () => {}),
      await flight.share("a", load, () => {}),
    ];
    expect(values.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it("delays a follower of a dead leader by its own bounded wait", async () => {
    expect(await followTheDead(createSingleFlight(Date.now))).toBeLessThanOrEqual(FOLLOW_MS + 16);
  });

  it("is led anew at once by whoever comes when its leader counts as dead", async () => {
    const flight = createSingleFlight<string>(Date.now);
    void flight.share("k", never, () => {});
    await vi.advanceTimersByTimeAsync(FOLLOW_MS);
    expect(
      await flight.share(
        "k",
        async () => "own",
        () => {},
      ),
    ).toEqual({
      value: "own",
      led: true,
    });
  });

  it("would wait for ever on a shared promise, which this check sees", async () => {
    expect(await followTheDead(sharedPromise())).toBeNull();
  });

  it("lets nobody wait longer than its bound, however many leaders die", async () => {
    const flight = createSingleFlight<string>(Date.now);
    const answered: number[] = [];
    const arrive = async (at: number, load: () => Promise<string>) => {
      await after(at, null);
      await flight.share("k", load, () => {});
      answered.push(Date.now() - at);
    };
    for (let at = 0; at < 5_000; at += 100) {
      if (at % 1_000 === 0) void arrive(at, never);
      else void arrive(at, async () => "own");
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answered).toHaveLength(45);
    expect(Math.max(...answered)).toBeLessThanOrEqual(FOLLOW_MS + 16);
  });

  it("lets the next in line lead when a leader fails, one at a time", async () => {
    const flight = createSingleFlight<string>(Date.now);
    let loads = 0;
    let together = 0;
    let most = 0;
    const load = async () => {
      loads += 1;
      together += 1;
      most = Math.max(most, together);
      const turn = loads;
      await after(10, null);
      together -= 1;
      if (turn < 3) throw new Error(`failure ${turn}`);
      return "value";
    };
    const all = Promise.allSettled(
      Array.from({ length: 100 }, () => flight.share("k", load, () => {})),
    );
    await vi.runAllTimersAsync();
    const failed = (await all).filter(({ status }) => status === "rejected");
    expect([loads, most, failed.length]).toEqual([3, 1, 2]);
  });

  it("hands the leader's work to the request's background, where it may fail quietly", async () => {
    const handed: Promise<unknown>[] = [];
    const flight = createSingleFlight<string>(Date.now);
    const failing = () => Promise.reject(new Error("down"));
    const answer = flight.share("k", failing, (work) => handed.push(work));
    await expect(answer).rejects.toThrow("down");
    expect(await Promise.all(handed)).toEqual([null]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createSlowWatch, SLOW } from "./slow-watch.ts";

const SLOW_MS = 100;
const never = () => new Promise<string>(() => {});

/** A watch, what it leaves to the requests that lead, and what those who wait were told when. */
const watching = () => {
  const orSlow = createSlowWatch(SLOW_MS);
  const led: Promise<unknown>[] = [];
  const told: number[] = [];
  const began = Date.now();
  return {
    led,
    told,
    wait: async (work: Promise<string> = never()): Promise<string | typeof SLOW> => {
      const outcome = await orSlow(work, (leading) => led.push(leading));
      if (outcome === SLOW) told.push(Date.now() - began);
      return outcome;
    },
  };
};

const later = <T>(ms: number, outcome: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(outcome());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("who waits for something slow", () => {
  it("is told when it is, and not before", async () => {
    const { wait, told } = watching();
    const outcome = wait();
    await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toBe(SLOW);
  });

  it("gets the outcome of what is not, be it a failure", async () => {
    const { wait, told } = watching();
    const good = wait(later(SLOW_MS - 1, () => "good"));
    const bad = wait(
      later(SLOW_MS - 1, () => {
        throw new Error("bad");
      }),
    ).catch(String);
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    expect([await good, await bad, told]).toEqual(["good", "Error: bad", []]);
  });

  it("is told once, and nobody is bothered by what comes after all", async () => {
    const { wait, told } = watching();
    const { promise, reject } = Promise.withResolvers<string>();
    void wait(promise);
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    reject(new Error("after all"));
    await vi.runAllTimersAsync();
    expect(told).toEqual([SLOW_MS]);
  });

  it("shares one timer with all the others, and each is told in time", async () => {
    const { wait, told, led } = watching();
    for (let nth = 0; nth < 100; nth += 1) {
      void wait();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect([vi.getTimerCount(), led.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(2 * SLOW_MS);
    const late = told.map((at, nth) => at - (nth + SLOW_MS));
    expect([late.length, Math.min(...late)]).toEqual([100, 0]);
    expect(Math.max(...late)).toBeLessThan(25);
  });
});

describe("the request that leads", () => {
  it("is done soon after the last has its answer", async () => {
    const { wait, led } = watching();
    await Promise.all([wait(Promise.resolve("one")), wait(Promise.resolve("two"))]);
    await vi.advanceTimersByTimeAsync(25);
    await Promise.all(led);
    expect([led.length, vi.getTimerCount()]).toEqual([1, 0]);
    void wait();
    expect([led.length, vi.getTimerCount()]).toEqual([2, 1]);
  });

  it("is relieved after five seconds, though somebody always waits", async () => {
    const { wait, led, told } = watching();
    for (let at = 0; at < 16_000; at += 50) {
      void wait();
      await vi.advanceTimersByTimeAsync(50);
    }
    await vi.runAllTimersAsync();
    await Promise.all(led);
    expect([led.length, told.length]).toEqual([4, 320]);
  });

  it("may be lost with its timer: the next one looks after those that it left", async () => {
    const { wait, told } = watching();
    void wait();
    void wait();
    await vi.advanceTimersByTimeAsync(25);
    const lost = Date.now();
    vi.clearAllTimers();
    vi.setSystemTime(lost + 51);
    void wait();
    await vi.advanceTimersByTimeAsync(25);
    expect(told).toHaveLength(2);
    await vi.runAllTimersAsync();
    expect(told).toHaveLength(3);
  });
});

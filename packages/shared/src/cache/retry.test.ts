import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createCircuit } from "./circuit.ts";
import {
  BACKGROUND_BUDGET_MS,
  callWithRetry,
  REQUEST_BUDGET_MS,
  type RetryMeans,
} from "./retry.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const means = (random: () => number): RetryMeans => ({
  circuit: createCircuit(Date.now),
  clock: Date.now,
  random,
});

/** Runs one call to its end: when each attempt began, and how and when the call ended. */
const run = async (work: () => Promise<unknown>, budgetMs: number, by: RetryMeans) => {
  const began = Date.now();
  const attempts: number[] = [];
  const call = callWithRetry(
    () => {
      attempts.push(Date.now() - began);
      return work();
    },
    budgetMs,
    by,
  );
  const ended = call.then(
    (value) => ({ value, ms: Date.now() - began }),
    (error: Error) => ({ error: error.message, ms: Date.now() - began }),
  );
  await vi.runAllTimersAsync();
  return { attempts, ...(await ended) };
};

const fails = () => Promise.reject(new Error("down"));
const hangs = () => new Promise(() => {});

describe("a call with retries", () => {
  it("answers at once when the first attempt does", async () => {
    const outcome = await run(async () => "up", BACKGROUND_BUDGET_MS, means(Math.random));
    expect(outcome).toEqual({ attempts: [0], value: "up", ms: 0 });
  });

  it("makes four attempts, after up to 100, 200 and 400 ms", async () => {
    const outcome = await run(
      fails,
      BACKGROUND_BUDGET_MS,
      means(() => 0.999_99),
    );
    expect(outcome).toMatchObject({ error: "down", ms: expect.closeTo(700, -1) });
    expect(outcome.attempts.map((at) => Math.round(at / 100))).toEqual([0, 1, 3, 7]);
  });

  it("spreads its waits over their whole range", async () => {
    const outcome = await run(
      fails,
      BACKGROUND_BUDGET_MS,
      means(() => 0),
    );
    expect(outcome).toMatchObject({ attempts: [0, 0, 0, 0], error: "down" });
  });

  it("stops with the first attempt that succeeds", async () => {
    let calls = 0;
    const work = () => ((calls += 1) < 3 ? fails() : Promise.resolve("up"));
    const outcome = await run(
      work,
      BACKGROUND_BUDGET_MS,
      means(() => 0.5),
    );
    expect(outcome).toEqual({ attempts: [0, 50, 150], value: "up", ms: 150 });
  });

  it.each([
    ["in the background", BACKGROUND_BUDGET_MS, 5_000],
    ["on a request path", REQUEST_BUDGET_MS, 150],
  ])("ends within its budget when every attempt hangs, %s", async (_where, budget, ms) => {
    const outcome = await run(
      hangs,
      budget,
      means(() => 0.999_99),
    );
    expect(outcome.ms).toBeLessThanOrEqual(ms);
    expect(outcome.ms).toBeGreaterThan(ms / 2);
  });

  it("does not begin an attempt after its budget", async () => {
    const outcome = await run(
      fails,
      REQUEST_BUDGET_MS,
      means(() => 0.9),
    );
    expect(outcome.attempts).toEqual([0, 90]);
    expect(outcome.ms).toBe(90);
  });

  it("counts every attempt for the circuit, which opens in the middle of the second call", async () => {
    const by = means(() => 0.5);
    expect((await run(fails, BACKGROUND_BUDGET_MS, by)).attempts).toHaveLength(4);
    expect([by.circuit.state, by.circuit.failures]).toEqual(["closed", 4]);
    expect((await run(fails, BACKGROUND_BUDGET_MS, by)).attempts).toHaveLength(1);
    expect(by.circuit.state).toBe("open");
  });

  it("is not retried while the circuit is open, and waits for nothing", async () => {
    const by = means(() => 0.5);
    await run(fails, BACKGROUND_BUDGET_MS, by);
    await run(fails, BACKGROUND_BUDGET_MS, by);
    const outcome = await run(fails, BACKGROUND_BUDGET_MS, by);
    expect(outcome).toMatchObject({ attempts: [], ms: 0 });
  });

  it("lets its timeout settle the probe of an open circuit", async () => {
    const by = means(() => 0.5);
    await run(fails, BACKGROUND_BUDGET_MS, by);
    await run(fails, BACKGROUND_BUDGET_MS, by);
    await vi.advanceTimersByTimeAsync(30_000);
    const probe = await run(hangs, REQUEST_BUDGET_MS, by);
    expect(probe).toMatchObject({ attempts: [0], ms: 150 });
    expect(by.circuit.state).toBe("open");
  });
});

import { BrokenCircuitError } from "cockatiel";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { BREAK_MS, createCircuit, FAILURES_TO_OPEN, type Circuit } from "./circuit.ts";

const CALLERS = 100;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fails = () => Promise.reject(new Error("down"));
const works = () => Promise.resolve("up");

const outcomeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return error instanceof BrokenCircuitError ? "rejected" : "failed";
  }
};

const opened = async (): Promise<Circuit> => {
  const circuit = createCircuit(Date.now);
  for (let call = 0; call < FAILURES_TO_OPEN; call += 1) await outcomeOf(circuit.call(fails));
  return circuit;
};

/** How the calls of so many callers at once ended, those that ended. */
const crowd = async (circuit: Circuit, work: () => Promise<unknown>) => {
  const ended = { called: 0, rejected: 0 };
  const all = Array.from({ length: CALLERS }, async () => {
    const outcome = await outcomeOf(
      circuit.call(() => {
        ended.called += 1;
        return work();
      }),
    );
    if (outcome === "rejected") ended.rejected += 1;
  });
  await vi.advanceTimersByTimeAsync(0);
  return { ended, all };
};

describe("the circuit", () => {
  it("opens at the fifth failure in a row and not before", async () => {
    const circuit = createCircuit(Date.now);
    for (let call = 1; call < FAILURES_TO_OPEN; call += 1) await outcomeOf(circuit.call(fails));
    expect([circuit.state, circuit.failures]).toEqual(["closed", 4]);
    await outcomeOf(circuit.call(fails));
    expect([circuit.state, circuit.failures]).toEqual(["open", 5]);
  });

  it("starts counting again after a success", async () => {
    const circuit = createCircuit(Date.now);
    for (const work of [fails, fails, fails, fails, works, fails, fails, fails, fails])
      await outcomeOf(circuit.call(work));
    expect([circuit.state, circuit.failures]).toEqual(["closed", 4]);
  });

  it("rejects while open without calling anything or waiting for time to pass", async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(BREAK_MS - 1);
    const { ended, all } = await crowd(circuit, works);
    await Promise.all(all);
    expect(ended).toEqual({ called: 0, rejected: CALLERS });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets one of a hundred callers probe and rejects the others while it runs", async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(BREAK_MS);
    const { ended } = await crowd(circuit, () => new Promise(() => {}));
    expect(ended).toEqual({ called: 1, rejected: CALLERS - 1 });
    expect(circuit.state).toBe("half_open");
  });

  it("closes for everybody when the probe succeeds", async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(BREAK_MS);
    expect(await outcomeOf(circuit.call(works))).toBe("up");
    expect([circuit.state, circuit.failures]).toEqual(["closed", 0]);
    const { ended } = await crowd(circuit, works);
    expect(ended).toEqual({ called: CALLERS, rejected: 0 });
  });

  it("probes once per 30 s for ten minutes under a hundred callers a second", async () => {
    const circuit = await opened();
    const probes: number[] = [];
    for (let second = 1; second <= 600; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      const { ended } = await crowd(circuit, fails);
      if (ended.called > 0) probes.push(second);
      expect(ended).toEqual({ called: ended.called, rejected: CALLERS - ended.called });
    }
    expect(probes).toEqual(Array.from({ length: 20 }, (_, n) => 30 * (n + 1)));
  });

  it("recovers from a probe whose request ended early", async () => {
    const circuit = await opened();
    await vi.advanceTimersByTimeAsync(BREAK_MS);
    const wedged = await crowd(circuit, () => new Promise(() => {}));
    expect(wedged.ended.called).toBe(1);
    await vi.advanceTimersByTimeAsync(BREAK_MS - 1);
    expect(await outcomeOf(circuit.call(works))).toBe("rejected");
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcomeOf(circuit.call(works))).toBe("up");
    expect(circuit.state).toBe("closed");
  });

  it("probes once per 30 s even when every probe is lost", async () => {
    const circuit = await opened();
    let probes = 0;
    for (let second = 1; second <= 300; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      probes += (await crowd(circuit, () => new Promise(() => {}))).ended.called;
    }
    expect(probes).toBe(10);
  });

  it("is closed by a reset and not opened again by calls from before it", async () => {
    const circuit = createCircuit(Date.now);
    const late = Promise.withResolvers<never>();
    const before = Array.from({ length: 9 }, () => outcomeOf(circuit.call(() => late.promise)));
    for (let call = 0; call < FAILURES_TO_OPEN; call += 1) await outcomeOf(circuit.call(fails));
    expect(circuit.state).toBe("open");
    circuit.reset();
    late.reject(new Error("down"));
    await Promise.all(before);
    expect([circuit.state, circuit.failures]).toEqual(["closed", 0]);
    expect(await outcomeOf(circuit.call(works))).toBe("up");
  });
});

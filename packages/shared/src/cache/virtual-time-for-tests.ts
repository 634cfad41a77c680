import { createHash } from "node:crypto";
import { vi } from "vitest";

/** Time that stands still while anything can still run, and then jumps to the next timer. */
export interface VirtualTime {
  now: () => number;
  sleep(ms: number): Promise<void>;
  /** Runs until no timer is left. */
  run(): Promise<void>;
}

interface Timer {
  fire: () => void;
}

/**
 * Takes the place of `setTimeout`, `Date.now` and of the thread that makes digests, so that a
 * schedule is decided by its seed alone. Undone by `vi.unstubAllGlobals`.
 */
export const stubTime = (): VirtualTime => {
  let now = 0;
  const due = new Map<number, Timer[]>();
  const setTimer = (fire: () => void, ms: number): Timer => {
    const timer = { fire };
    const at = now + Math.max(0, Math.ceil(ms));
    due.set(at, [...(due.get(at) ?? []), timer]);
    return timer;
  };
  vi.stubGlobal("setTimeout", setTimer);
  vi.stubGlobal("clearTimeout", (timer: Timer) => {
    timer.fire = () => {};
  });
  vi.stubGlobal("Date", { now: () => now });
  const digest = async (_: string, data: Uint8Array) =>
    new Uint8Array(createHash("sha256").update(data).digest()).buffer;
  vi.stubGlobal("crypto", { subtle: { digest } });
  return {
    now: () => now,
    sleep: (ms) => new Promise((resolve) => void setTimer(() => resolve(), ms)),
    run: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      while (due.size > 0) {
        now = Math.min(...due.keys());
        const timers = due.get(now) ?? [];
        due.delete(now);
        for (const timer of timers) timer.fire();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
};

/** Numbers in [0, 1) decided by the seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed * 0x9e_37_79_b1;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

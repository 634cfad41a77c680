import { Ledger } from "./ledger.ts";
import type { Policy } from "./policy.ts";
import { decodeLedger } from "./ledger-snapshot.ts";
import { ByteReader, ByteWriter } from "./wire.ts";

export const START = Date.UTC(2026, 10, 21, 12, 34, 56, 789);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const rolling = (name: string, limit: number, windowMs: number): Policy => ({
  name,
  limit,
  windowMs,
  kind: "rolling",
});

export const perDay = (name: string, limit: number): Policy => ({
  name,
  limit,
  windowMs: 24 * HOUR,
  kind: "utc_day",
});

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export const randomOf = (seed: number) => {
  let state = seed * 0x9e3779b9;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Most hits in any window `[t, t + windowMs)`. `times` ascend. */
export const mostInAnyWindow = (times: readonly number[], windowMs: number): number => {
  let most = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? Infinity) + windowMs <= time) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

/** Anything that can be asked; `crash` is a loss of memory. Answers when to come again if it refuses. */
export interface Limiter {
  ask(now: number): { admitted: boolean; retryAt: number | null };
  crash(now: number): void;
}

/** An exact log written the plain way: it forgets nothing. */
export const exactLog = (limit: number, windowMs: number): Limiter => {
  const times: number[] = [];
  let first = 0;
  return {
    ask: (now) => {
      while ((times[first] ?? Infinity) + windowMs <= now) first += 1;
      if (times.length - first >= limit)
        return { admitted: false, retryAt: (times[first] ?? 0) + windowMs };
      times.push(now);
      return { admitted: true, retryAt: null };
    },
    crash: () => {},
  };
};

export const fixedWindow = (limit: number, windowMs: number): Limiter => {
  let window = 0;
  let used = 0;
  return {
    ask: (now) => {
      const current = Math.floor(now / windowMs);
      if (current !== window) used = 0;
      window = current;
      if (used >= limit) return { admitted: false, retryAt: (current + 1) * windowMs };
      used += 1;
      return { admitted: true, retryAt: null };
    },
    crash: () => {},
  };
};

type Store = (snapshot: Uint8Array) => Uint8Array | null;

/** The ledger as its object drives it: rows before answers, a one-shot timer, restored after a crash. */
export const openLedger = (policies: readonly Policy[], store: Store = (row) => row) => {
  let durable: Uint8Array | null = null;
  let ledger = Ledger.restore(null, START);
  let timer: number | null = null;
  const seen = { rows: 0, crashes: 0, admitted: 0 };
  const keep = () => {
    durable = store(ledger.snapshot());
    seen.rows += 1;
  };
  const runTimer = (now: number) => {
    while (timer !== null && timer <= now) {
      const closing = ledger.close(timer);
      if (closing.write) keep();
      timer = closing.closeAt;
    }
  };
  return {
    seen,
    ask: (now: number, asked = policies, cost = 1) => {
      runTimer(now);
      const admission = ledger.admit(asked, cost, now);
      if (admission.write) keep();
      if (admission.admitted) seen.admitted += 1;
      timer ??= admission.closeAt;
      return admission;
    },
    crash: (now: number) => {
      ledger = Ledger.restore(durable, now);
      timer = null;
      seen.crashes += 1;
    },
    limits: (now: number) => ledger.limits(policies, now),
    ledger: () => ledger,
    idle: runTimer,
  };
};

/** The control whose rows say that reserved units were spent when they were reserved. */
export const stampedAtReservation: Store = (snapshot) => {
  const reader = new ByteReader(snapshot);
  const format = reader.number();
  const clock = reader.number();
  const header = new ByteWriter();
  header.number(format);
  header.number(clock);
  const { length } = header.done();
  header.number(clock);
  const row = new Uint8Array(snapshot);
  row.set(header.done().subarray(length), length);
  if (decodeLedger(row, clock) === null) throw new Error("the control wrote no ledger");
  return row;
};

export const memoryOnly: Store = () => null;

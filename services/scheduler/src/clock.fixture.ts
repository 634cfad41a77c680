import { createLogger } from "@luna/shared/logger/logger";
import { newTrace } from "@luna/shared/trace";

import type { ClockState, Outcome } from "./clock-state.ts";
import { createClock } from "./clock.ts";
import type { Job } from "./jobs.ts";
import { scheduleOf } from "./schedule.ts";
import type { Store } from "./store.ts";

export const MINUTE = 60_000;
export const START = Date.UTC(2030, 0, 1, 10);

export const JOB: Job = {
  name: "outbox-sweep",
  schedule: scheduleOf("* * * * *"),
  overlap: "skip",
  catchUp: { kind: "latest" },
  timeoutMs: 30_000,
  graceMs: 30_000,
  steps: [],
};

export const COMMAND = {
  entry: { actor: "u1", action: "scheduled-task.started", subject: JOB.name },
  trace: newTrace(),
};

/** How the next call to the ledger goes; `unknown` writes and then fails, as D1 can. */
export type Weather = "fine" | "refused" | "unknown";

/** A clock with a ledger in memory whose weather can be set. */
export const newWorld = () => {
  const ledger = new Map<number, string>();
  const world = { weather: "fine" as Weather, starts: [] as number[], audits: 0 };
  const call = <T>(write: () => T): Promise<T> => {
    const { weather } = world;
    world.weather = "fine";
    if (weather === "refused") return Promise.reject(new Error("D1 is down"));
    const value = write();
    return weather === "unknown"
      ? Promise.reject(new Error("D1 is silent"))
      : Promise.resolve(value);
  };
  const store = {
    recordUnstarted: (_job, slots) =>
      call(() => {
        for (const { slot, state } of slots) if (!ledger.has(slot)) ledger.set(slot, state);
      }),
    start: (_job, lease) =>
      call(() => {
        if (ledger.has(lease.slot)) return false;
        ledger.set(lease.slot, "running");
        world.starts.push(lease.slot);
        return true;
      }),
    finish: (_job, { slot }, { state }) =>
      call(() => {
        if (ledger.get(slot) !== "running") return false;
        ledger.set(slot, state);
        return true;
      }),
    recordCommand: () =>
      call(() => {
        world.audits += 1;
      }),
  } satisfies Partial<Store>;
  let memory: ClockState | undefined;
  const lines: { level: string; message: string }[] = [];
  const clock = createClock({
    job: JOB,
    memory: { read: () => memory, write: (state) => (memory = structuredClone(state)) },
    store: store as unknown as Store,
    log: createLogger({
      service: "scheduler",
      version: "test",
      write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]),
    }),
  });
  clock.begin(START);
  return { world, ledger, clock, lines };
};

export const ended = (state: Outcome["state"], at: number): Outcome => ({
  state,
  error: state === "ok" ? null : "broken",
  at,
});

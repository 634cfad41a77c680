import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accountSlots, RUN_RETENTION_MS } from "./account-slots.ts";
import { newClockState, type ClockState, type Lease } from "./clock-state.ts";
import type { CatchUp, Job } from "./jobs.ts";
import { scheduleOf } from "./schedule.ts";

const MINUTE = 60_000;
/** A full hour. */
const START = Date.UTC(2030, 0, 1, 10);

const jobWith = (catchUp: CatchUp): Job => ({
  name: "outbox-sweep",
  schedule: scheduleOf("* * * * *"),
  overlap: "skip",
  catchUp,
  timeoutMs: 30_000,
  graceMs: 30_000,
  steps: [],
});

const NONE = jobWith({ kind: "none" });
const LATEST = jobWith({ kind: "latest" });
const ALL = jobWith({ kind: "all", windowMs: 180 * MINUTE });

const since = (through: number, more: Partial<ClockState> = {}): ClockState => ({
  ...newClockState("* * * * *", through),
  ...more,
});

const lease = (from: number, end: number | null): Lease => ({
  runId: "run",
  slot: from,
  fence: 1,
  from,
  until: from + 40_000,
  outcome: end === null ? null : { state: "ok", error: null, at: end },
  settled: end !== null,
});

const countOf = (state: ClockState, job: Job, now: number) => {
  const { unstarted, start } = accountSlots(state, job, now);
  const counts = Object.fromEntries(Map.groupBy(unstarted, (slot) => slot.state));
  return {
    start,
    ...Object.fromEntries(Object.entries(counts).map(([name, slots]) => [name, slots?.length])),
  };
};

describe("three hours asleep", () => {
  const woken = START + 180 * MINUTE + 45_000;

  it("misses every slot without catch-up", () => {
    expect(countOf(since(START), NONE, woken)).toEqual({ start: null, missed: 180 });
  });

  it("starts the newest slot without catch-up if it is within its grace", () => {
    expect(countOf(since(START), NONE, woken - 20_000)).toEqual({
      start: START + 180 * MINUTE,
      missed: 179,
    });
  });

  it("runs once with catch-up `latest`", () => {
    expect(countOf(since(START), LATEST, woken)).toEqual({
      start: START + 180 * MINUTE,
      skipped_catchup: 179,
    });
  });

  it("runs every slot within the window with catch-up `all`, oldest first", () => {
    const started: (number | null)[] = [];
    let state = since(START - 5 * MINUTE);
    for (let more = true; more;) {
      const turn = accountSlots(state, ALL, woken);
      if (turn.start !== null) started.push(turn.start);
      state = since(turn.through);
      more = turn.more;
    }
    expect(started).toEqual(
      Array.from({ length: 180 }, (_, index) => START + (index + 1) * MINUTE),
    );
  });

  it("records all of it as paused when the job was paused", () => {
    expect(countOf(since(START, { paused: true }), ALL, woken)).toEqual({
      start: null,
      paused: 180,
    });
  });
});

describe("a run that holds the lease", () => {
  it("makes slots that come due meanwhile skipped, also once it has ended", () => {
    const from = START + 1;
    const ended = since(START, { lease: lease(from, START + 2 * MINUTE + 1) });
    expect(accountSlots(ended, LATEST, START + 3 * MINUTE)).toMatchObject({
      unstarted: [
        { slot: START + MINUTE, state: "skipped_overlap" },
        { slot: START + 2 * MINUTE, state: "skipped_overlap" },
      ],
      start: START + 3 * MINUTE,
    });
  });

  it("keeps a slot that was due before it from starting beside it", () => {
    const held = since(START, { lease: lease(START + MINUTE + 1, null) });
    expect(countOf(held, LATEST, START + MINUTE + 2)).toEqual({ start: null, skipped_overlap: 1 });
  });

  it("makes slots wait with catch-up `all`", () => {
    const held = since(START, { lease: lease(START + 1, null) });
    expect(accountSlots(held, ALL, START + 2 * MINUTE)).toEqual({
      unstarted: [],
      start: null,
      through: START,
      more: false,
    });
  });
});

describe("a very long sleep", () => {
  it("is told no further back than runs are kept", () => {
    const now = START + 2 * RUN_RETENTION_MS;
    const { unstarted, start, more } = accountSlots(since(START), LATEST, now);
    expect(unstarted[0]?.slot).toBe(now - RUN_RETENTION_MS + MINUTE);
    expect({ start, more }).toEqual({ start: null, more: true });
  });
});

describe("any pattern of waking", () => {
  const wakes = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 30 * MINUTE }),
      lasts: fc.integer({ min: 0, max: 3 * MINUTE }),
      paused: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );

  it.each([
    ["none", NONE],
    ["latest", LATEST],
    ["all", ALL],
  ])("accounts for every slot once and in order with catch-up `%s`", (_name, job) => {
    fc.assert(
      fc.property(wakes, (pattern) => {
        const seen: number[] = [];
        let state = since(START);
        let now = START;
        for (const { after, lasts, paused } of pattern) {
          now += after;
          state = { ...state, paused };
          const turn = accountSlots(state, job, now);
          seen.push(...turn.unstarted.map(({ slot }) => slot));
          if (turn.start !== null) seen.push(turn.start);
          state = { ...state, through: turn.through };
          if (turn.start !== null) {
            state = { ...state, lease: lease(now, now + lasts) };
            now += lasts;
          }
        }
        const last = seen.at(-1) ?? START;
        const expected = Math.round((last - START) / MINUTE);
        expect(seen).toEqual(
          Array.from({ length: expected }, (_, index) => START + (index + 1) * MINUTE),
        );
        expect(state.through).toBe(last);
      }),
    );
  });
});

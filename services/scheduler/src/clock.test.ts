import { createLogger } from "@luna/shared/logger/logger";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { COMMAND, ended, JOB, MINUTE, newWorld, START, type Weather } from "./clock.fixture.ts";
import { createClock } from "./clock.ts";
import type { Store } from "./store.ts";

describe("a clock whose ledger fails", () => {
  it("knows a run as good although D1 could not be told at once", async () => {
    const { world, clock, ledger } = newWorld();
    const slot = START + MINUTE;
    const { lease } = await clock.turn(slot);
    expect(lease?.slot).toBe(slot);
    world.weather = "refused";
    const told = lease === null ? null : clock.finish(lease, ended("ok", slot + 100));
    await expect(told).rejects.toThrow("D1 is down");
    await clock.turn(slot + 5_000);
    expect(ledger.get(slot)).toBe("ok");
  });

  it("does not run a slot whose start it cannot be sure of", async () => {
    const { world, clock, ledger } = newWorld();
    const slot = START + MINUTE;
    world.weather = "unknown";
    await expect(clock.turn(slot)).rejects.toThrow("D1 is silent");
    expect((await clock.turn(slot + 5_000)).lease).toBeNull();
    expect([...ledger]).toEqual([[slot, "lost"]]);
  });

  it("keeps a pause from taking effect that could not be recorded", async () => {
    const { world, clock } = newWorld();
    world.weather = "refused";
    await expect(clock.setPaused(true, START, COMMAND)).rejects.toThrow("D1 is down");
    expect(clock.state(START).paused).toBe(false);
    expect((await clock.setPaused(true, START, COMMAND)).paused).toBe(true);
    expect(world.audits).toBe(1);
  });
});

describe("a run that outlives its lease", () => {
  it("ends nothing: not its own slot, which is lost, and not the run after it", async () => {
    const { clock, ledger } = newWorld();
    const late = (await clock.turn(START + MINUTE)).lease;
    const present = (await clock.turn(START + 2 * MINUTE)).lease;
    if (late === null || present === null) throw new Error("both slots start");
    await clock.finish(late, ended("failed", START + 2 * MINUTE + 1));
    expect([...ledger.values()]).toEqual(["lost", "running"]);
    await clock.finish(present, ended("ok", START + 2 * MINUTE + 2));
    expect([...ledger.values()]).toEqual(["lost", "ok"]);
  });
});

describe("failures in a row", () => {
  it("raise one alert at the third and are forgotten by a good run", async () => {
    const { clock, lines } = newWorld();
    const states = ["failed", "failed", "failed", "failed", "ok", "failed"] as const;
    const counts: number[] = [];
    for (const [index, state] of states.entries()) {
      const slot = START + (index + 1) * MINUTE;
      const { lease } = await clock.turn(slot);
      if (lease !== null) await clock.finish(lease, ended(state, slot + 10));
      counts.push(clock.state(slot).failures);
    }
    expect(counts).toEqual([1, 2, 3, 4, 0, 1]);
    expect(lines.filter(({ level }) => level === "error")).toMatchObject([
      { message: "job failing", failures: 3 },
    ]);
  });
});

describe("a job whose expression was changed", () => {
  it("expects slots from the change on", async () => {
    const { clock } = newWorld();
    const old = { ...clock.state(START), expression: "0 0 * * *" };
    const changed = createClock({
      job: JOB,
      memory: { read: () => old, write: () => undefined },
      store: {} as Store,
      log: createLogger({ service: "scheduler", version: "test", write: () => undefined }),
    });
    expect(changed.state(START + 90 * MINUTE).through).toBe(START + 90 * MINUTE);
  });
});

describe("whatever happens", () => {
  const events = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 4 * MINUTE }),
      weather: fc.constantFrom<Weather>("fine", "fine", "refused", "unknown"),
      // `killed`: the process dies and the outcome is never told.
      end: fc.constantFrom("ok", "failed", "killed"),
      manual: fc.boolean(),
      paused: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it("starts no slot twice and leaves no slot without its end", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (pattern) => {
        const { world, ledger, clock } = newWorld();
        let now = START;
        for (const { after, weather, end, manual, paused } of pattern) {
          now += after;
          world.weather = "fine";
          await clock.setPaused(paused, now, COMMAND);
          world.weather = weather;
          try {
            const claimed = manual
              ? await clock.startNow(now, COMMAND)
              : { ok: true as const, value: (await clock.turn(now)).lease };
            if (claimed.ok && claimed.value !== null && end !== "killed")
              await clock.finish(claimed.value, ended(end, now + 1_000));
          } catch {
            // The next wake has to make up for it.
          }
        }
        world.weather = "fine";
        now += 2 * MINUTE;
        for (let turn = { more: true }; turn.more;) turn = await clock.turn(now);
        const last = await clock.turn(now + MINUTE);
        if (last.lease !== null) await clock.finish(last.lease, ended("ok", now + MINUTE));

        const { through } = clock.state(now);
        const expected = Array.from(
          { length: Math.round((through - START) / MINUTE) },
          (_, index) => START + (index + 1) * MINUTE,
        );
        expect(expected.filter((slot) => !ledger.has(slot))).toEqual([]);
        expect(new Set(world.starts).size).toBe(world.starts.length);
        const running = [...ledger].filter(([, state]) => state === "running");
        expect(running.length).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

import { CronExpressionParser } from "cron-parser";
import { describe, expect, it } from "vitest";

import { newClockState, nextLease } from "./clock-state.ts";
import { JOBS } from "./jobs.ts";
import { scheduleOf } from "./schedule.ts";

const at = (time: number): string => new Date(time).toISOString();

const nextOf = (expression: string, from: number, count: number): string[] => {
  const schedule = scheduleOf(expression);
  const slots: string[] = [];
  for (let slot = schedule.next(from); slots.length < count; slot = schedule.next(slot))
    slots.push(at(slot));
  return slots;
};

/** The same question to a parser that shares no code with ours. */
const secondOpinion = (expression: string, from: number, count: number): string[] => {
  const parsed = CronExpressionParser.parse(expression, { currentDate: new Date(from), tz: "UTC" });
  return parsed.take(count).map((date) => at(date.getTime()));
};

/** A Saturday. */
const FROM = Date.UTC(2026, 10, 21, 3, 4, 5);
const YEAR_MS = 366 * 24 * 60 * 60 * 1_000;

describe("the jobs", () => {
  it.each([
    ["outbox-sweep", "2026-11-21T03:05:00.000Z", "2026-11-21T03:06:00.000Z"],
    ["billing-reconcile-recent", "2026-11-21T03:15:00.000Z", "2026-11-21T03:30:00.000Z"],
    ["billing-reconcile", "2026-11-21T03:08:00.000Z", "2026-11-21T04:08:00.000Z"],
    ["cleanup", "2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["optimize", "2026-11-22T02:00:00.000Z", "2026-11-29T02:00:00.000Z"],
  ])("fires %s at %s and then at %s", (name, first, second) => {
    const expression = JOBS.find((job) => job.name === name)?.schedule.expression ?? "";
    expect(nextOf(expression, FROM, 2)).toEqual([first, second]);
  });

  it("are all in the table above", () => {
    expect(JOBS.map((job) => job.name)).toEqual([
      "outbox-sweep",
      "billing-reconcile-recent",
      "billing-reconcile",
      "cleanup",
      "optimize",
    ]);
  });

  it("give up on a run, lease and all, before the next slot is due", () => {
    const inTime = JOBS.filter((job) => {
      const slot = job.schedule.next(FROM);
      const { until } = nextLease(newClockState("", FROM), job, { runId: "run", slot }, slot);
      return until < job.schedule.next(slot);
    });
    expect(inTime).toHaveLength(JOBS.length);
  });
});

describe("a schedule", () => {
  it.each([
    // Two weeks of every minute; the quarters of a whole year are below.
    ["* * * * *", 20_160],
    ["0 0 * * *", 400],
    ["0 2 * * SUN", 60],
    ["7,37 */2 * * MON-FRI", 7_000],
    ["30 4 29 2 *", 10],
    ["0 12 13 * FRI", 70],
    ["0 0 31 * *", 40],
    ["59 23 1 1,7 *", 20],
    ["5 6-18/4 * 3-9 SAT,SUN", 300],
  ])("reads %s as a second parser does, %i slots long", (expression, count) => {
    const ours = nextOf(expression, FROM, count);
    expect(ours).toEqual(secondOpinion(expression, FROM, count));
    expect(new Set(ours).size).toBe(count);
  });

  it("agrees with the second parser on every quarter of an hour of a year", () => {
    const count = Math.floor(YEAR_MS / (15 * 60_000));
    expect(nextOf("*/15 * * * *", FROM, count)).toEqual(secondOpinion("*/15 * * * *", FROM, count));
  });

  it.each(["0 2 * * 0", "0 2 * * 1", "0 2 * * 7", "0 2 * * MON-5", "0 2 * * */2", "0 2 * * SUN#1"])(
    "refuses %s, whose weekday means two things",
    (expression) => {
      expect(() => scheduleOf(expression)).toThrow("must name its weekdays");
    },
  );

  it.each([
    ["* * * *", "five fields"],
    ["0 * * * * *", "five fields"],
    ["@daily", "five fields"],
    ["", "five fields"],
    ["0 0 L * *", "more than numbers"],
    ["0 0 ? * *", "more than numbers"],
    ["60 * * * *", "Invalid value for minute"],
  ])("refuses %j, which not every cron reads: %s", (expression, complaint) => {
    expect(() => scheduleOf(expression)).toThrow(complaint);
  });

  it("refuses a day that never comes", () => {
    expect(() => scheduleOf("0 0 31 2 *").next(FROM)).toThrow("never due");
  });
});

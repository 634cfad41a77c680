import * as v from "valibot";

import type { ClockStatus } from "./context.ts";
import { JOB_NAMES, type Job } from "./jobs.ts";
import type { Run } from "./store.ts";

export const JobName = v.picklist(JOB_NAMES);

export const State = v.picklist([
  "running",
  "ok",
  "failed",
  "lost",
  "skipped_overlap",
  "skipped_catchup",
  "paused",
  "missed",
]);

/** One job as an administrator sees it. */
export const ScheduledTask = v.strictObject({
  name: JobName,
  cron: v.string(),
  next: v.string(),
  paused: v.boolean(),
  lastSlot: v.nullable(v.string()),
  lastState: v.nullable(State),
  consecutiveFailures: v.number(),
});
export type ScheduledTask = v.InferOutput<typeof ScheduledTask>;

/** A moment as clients read it: RFC 3339, UTC. */
export const timeText = (time: number): string => new Date(time).toISOString();

export const scheduledTaskOf = (
  job: Job & { name: ScheduledTask["name"] },
  { next, paused, failures }: ClockStatus,
  last: Run | undefined,
): ScheduledTask => ({
  name: job.name,
  cron: job.schedule.expression,
  next: timeText(next),
  paused,
  lastSlot: last === undefined ? null : timeText(last.slot),
  lastState: last?.state ?? null,
  consecutiveFailures: failures,
});

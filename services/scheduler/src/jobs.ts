import type { TaskName } from "@luna/shared/rpc/tasks";

import { scheduleOf, type Schedule } from "./schedule.ts";

export type ServiceName = "auth" | "users" | "billing-webhook" | "mailer" | "scheduler";

/** One call a job makes. A step that fails does not stop the others. */
export interface Step {
  service: ServiceName;
  task: TaskName;
}

/** What becomes of slots nobody was awake for. */
export type CatchUp =
  /** They are `missed`. */
  | { kind: "none" }
  /** The newest runs, however late; the others are `skipped_catchup`. */
  | { kind: "latest" }
  /** Each runs, oldest first; only those older than the window are `missed`. */
  | { kind: "all"; windowMs: number };

export interface Job {
  name: string;
  schedule: Schedule;
  /** A slot that comes due during a run is not started (with catch-up `all` it waits instead). */
  overlap: "skip";
  catchUp: CatchUp;
  /** A step that has not answered by then has failed, and the run ends. */
  timeoutMs: number;
  /** With catch-up `none`: a slot older than this is too late to start. */
  graceMs: number;
  steps: readonly Step[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const everywhere = (task: TaskName): Step[] =>
  (["auth", "users", "billing-webhook", "mailer"] as const).map((service) => ({ service, task }));

const LATEST: CatchUp = { kind: "latest" };

export const JOBS = [
  {
    name: "outbox-sweep",
    schedule: scheduleOf("* * * * *"),
    overlap: "skip",
    catchUp: LATEST,
    // With the lease's margin still below the period: a hanging service costs its own sweep, no slot.
    timeoutMs: 30 * SECOND,
    graceMs: 30 * SECOND,
    steps: everywhere("sweep"),
  },
  {
    name: "billing-reconcile-recent",
    schedule: scheduleOf("*/15 * * * *"),
    overlap: "skip",
    catchUp: LATEST,
    // Starts the walk and takes its first steps; the service goes on by itself from where it is.
    timeoutMs: MINUTE,
    graceMs: MINUTE,
    steps: [{ service: "billing-webhook", task: "reconcile_recent" }],
  },
  {
    name: "billing-reconcile",
    // Between two quarters, because both draw on the same 60 calls a minute.
    schedule: scheduleOf("8 * * * *"),
    overlap: "skip",
    catchUp: LATEST,
    timeoutMs: MINUTE,
    graceMs: MINUTE,
    steps: [{ service: "billing-webhook", task: "reconcile_all" }],
  },
  {
    name: "cleanup",
    schedule: scheduleOf("0 0 * * *"),
    overlap: "skip",
    catchUp: LATEST,
    // Deletes run in the service; ten minutes stay clear of the platform's 15 for an alarm.
    timeoutMs: 10 * MINUTE,
    graceMs: 5 * MINUTE,
    steps: [...everywhere("cleanup"), { service: "scheduler", task: "cleanup" }],
  },
  {
    name: "optimize",
    schedule: scheduleOf("0 2 * * SUN"),
    overlap: "skip",
    catchUp: LATEST,
    timeoutMs: 10 * MINUTE,
    graceMs: 5 * MINUTE,
    steps: [...everywhere("optimize"), { service: "scheduler", task: "optimize" }],
  },
] as const satisfies readonly Job[];

export type JobName = (typeof JOBS)[number]["name"];

export const JOB_NAMES: readonly JobName[] = JOBS.map((job) => job.name);

/** The job of that name; `undefined` for one that an older version knew. */
export const jobNamed = (name: string | undefined): Job | undefined =>
  JOBS.find((job) => job.name === name);

import type { Trace } from "../trace.ts";
import type { Result } from "./result.ts";

/** What the scheduler may ask of a service. A service ignores none: unknown is an error. */
export type TaskName =
  /** Deliver what an outbox, inbox or ledger still holds; supervises the sweepers. */
  | "sweep"
  /** Delete what its table's retention says is over. */
  | "cleanup"
  /** `PRAGMA optimize`. */
  | "optimize"
  /** Compare what changed lately or looks odd with the payment provider; billing only. */
  | "reconcile_recent"
  /** Compare everything with the payment provider; billing only. */
  | "reconcile_all";

/** What a task did, in numbers a person can read: `{deleted: 3}`. */
export type TaskReport = Record<string, number>;

/** The entrypoint `ForScheduler` of auth, users, billing-webhook and mailer. */
export interface TaskRunner {
  run(task: TaskName, trace: Trace): Promise<Result<TaskReport, "unknown_task" | "unavailable">>;
}

import type { RequestContext } from "@luna/shared/http/router";
import type { Result } from "@luna/shared/rpc/result";

import type { JobName } from "./jobs.ts";
import type { Command, Store } from "./store.ts";

/** What an administrator sees of a clock. Times in ms. */
export interface ClockStatus {
  next: number;
  paused: boolean;
  /** Runs that failed or were lost since the last good one. */
  failures: number;
}

/** One job's clock as the rest of the service calls it. */
interface Clock {
  status(now: number): Promise<ClockStatus>;
  /** Starts a run beside the schedule; its slot is `now`. */
  runNow(now: number, command: Command): Promise<Result<null, "conflict" | "unavailable">>;
  setPaused(
    paused: boolean,
    now: number,
    command: Command,
  ): Promise<Result<ClockStatus, "unavailable">>;
}

/** The same clock for those who wake it. */
export interface WakingClock extends Clock {
  /** Starts the clock if it does not run yet. */
  arm(now: number): Promise<void>;
  /** Decides and runs whatever is due. */
  due(now: number): Promise<void>;
}

/** What every handler of the scheduler has at hand. */
export interface SchedulerContext extends RequestContext {
  store: Store;
  clockOf: (job: JobName) => Clock;
}

import { Environment } from "@luna/shared/env";
import type { TaskRunner } from "@luna/shared/rpc/tasks";
import * as v from "valibot";

import type { WakingClock } from "./context.ts";

type Peer = "AUTH" | "USERS" | "BILLING" | "MAILER";

/** The generated bindings, with the peers typed by their contracts. */
export interface Env extends Omit<SchedulerEnv, Peer | "CLOCK">, Record<Peer, TaskRunner> {
  /** One `JobClock` per job, by the job's name. */
  CLOCK: { getByName(name: string): WakingClock };
}

/** What the scheduler cannot serve without. */
export const Config = v.object({ ENVIRONMENT: Environment });
export type Config = v.InferOutput<typeof Config>;

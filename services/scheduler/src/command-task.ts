import { Failure } from "@luna/shared/http/problem";
import type { Input } from "@luna/shared/http/route";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import type { SchedulerContext } from "./context.ts";
import { JOBS } from "./jobs.ts";
import { JobName, scheduledTaskOf, timeText } from "./scheduled-task.ts";
import type { Command } from "./store.ts";

export const TaskParams = v.strictObject({ name: JobName });
type TaskInput = Input<v.InferOutput<typeof TaskParams>>;

export const Started = v.strictObject({
  name: JobName,
  slot: v.string(),
  state: v.literal("running"),
});

const unavailable = (): Failure => new Failure("unavailable", "The job's clock does not answer.");

const commandOf = (
  verb: "started" | "paused" | "resumed",
  { params }: TaskInput,
  { caller, trace }: SchedulerContext,
): Command => ({
  entry: {
    actor: caller.kind === "user" ? caller.userId : "service:gateway",
    action: `scheduled-task.${verb}`,
    subject: params.name,
  },
  trace,
});

/** Starts a job now, beside its schedule; the history tells how it ends. */
export const runTaskNow = async (
  input: TaskInput,
  context: SchedulerContext,
): Promise<Reply | Failure> => {
  const { name } = input.params;
  const { now } = context;
  const started = await context.clockOf(name).runNow(now, commandOf("started", input, context));
  if (started.ok) return reply(202, { name, slot: timeText(now), state: "running" });
  return started.code === "conflict"
    ? new Failure("conflict", "The job is running already.")
    : unavailable();
};

const setPaused = async (
  paused: boolean,
  input: TaskInput,
  context: SchedulerContext,
): Promise<Reply | Failure> => {
  const { name } = input.params;
  const job = JOBS.find((job) => job.name === name);
  const command = commandOf(paused ? "paused" : "resumed", input, context);
  const changed = await context.clockOf(name).setPaused(paused, context.now, command);
  if (!changed.ok || job === undefined) return unavailable();
  const [last] = await context.store.newest([name]);
  return reply(200, scheduledTaskOf(job, changed.value, last));
};

/** Slots that come due from now on are `paused` instead of started; a run goes on to its end. */
export const pauseTask = (input: TaskInput, context: SchedulerContext) =>
  setPaused(true, input, context);

/** The next slot is started again; the slots of the pause stay `paused`. */
export const resumeTask = (input: TaskInput, context: SchedulerContext) =>
  setPaused(false, input, context);

import { reply, type Reply } from "@luna/shared/http/reply";

import type { SchedulerContext } from "./context.ts";
import { JOBS, JOB_NAMES } from "./jobs.ts";
import { scheduledTaskOf } from "./scheduled-task.ts";

export const listTasks = async (
  _input: unknown,
  { store, clockOf, now }: SchedulerContext,
): Promise<Reply> => {
  const [newest, statuses] = await Promise.all([
    store.newest(JOB_NAMES),
    Promise.all(JOBS.map(async (job) => ({ job, status: await clockOf(job.name).status(now) }))),
  ]);
  const items = statuses.map(({ job, status }) =>
    scheduledTaskOf(
      job,
      status,
      newest.find((run) => run.job === job.name),
    ),
  );
  return reply(200, { items, nextCursor: null });
};

import type { Input } from "@luna/shared/http/route";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import type { SchedulerContext } from "./context.ts";
import { State, timeText } from "./scheduled-task.ts";
import type { Run } from "./store.ts";

/** API.md: lists take 1 to 100. 20 rows fill a screen. */
const DEFAULT_LIMIT = "20";

export const HistoryQuery = v.strictObject({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    DEFAULT_LIMIT,
  ),
});

const Execution = v.strictObject({
  /** Not a picklist: a job of an older version stays in the history. */
  name: v.string(),
  slot: v.string(),
  state: State,
  durationMs: v.number(),
  error: v.optional(v.string()),
});

/** `total` counts every slot accounted for, run or not; a lost run counts as failed. */
export const History = v.strictObject({
  total: v.number(),
  successful: v.number(),
  failed: v.number(),
  recentExecutions: v.array(Execution),
});

/** A run that goes on counts until now; a slot that never ran took no time. */
const executionOf = (run: Run, now: number): v.InferOutput<typeof Execution> => ({
  name: run.job,
  slot: timeText(run.slot),
  state: run.state,
  durationMs: run.startedAt === null ? 0 : Math.max(0, (run.finishedAt ?? now) - run.startedAt),
  ...(run.error === null ? {} : { error: run.error }),
});

export const listHistory = async (
  { query }: Input<undefined, v.InferOutput<typeof HistoryQuery>>,
  { store, now }: SchedulerContext,
): Promise<Reply> => {
  const [totals, recent] = await Promise.all([store.totals(), store.recent(query.limit)]);
  return reply(200, { ...totals, recentExecutions: recent.map((run) => executionOf(run, now)) });
};

import { relayDue, type Relay } from "@luna/shared/outbox/outbox";
import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";

import { deleteOld, optimize } from "./retention-store.ts";

/** What the scheduler may ask of auth. */
export const runTask = async (
  task: TaskName,
  relay: Relay,
): Promise<Result<TaskReport, "unknown_task">> => {
  switch (task) {
    case "sweep":
      return ok({ delivered: (await relayDue(relay)).delivered });
    case "cleanup":
      return ok(await deleteOld(relay.db, relay.clock()));
    case "optimize":
      await optimize(relay.db);
      return ok({ optimized: 1 });
    case "reconcile_recent":
    case "reconcile_all":
    default:
      return err("unknown_task", task);
  }
};

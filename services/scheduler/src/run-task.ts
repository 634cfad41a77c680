import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";

import { RUN_RETENTION_MS } from "./account-slots.ts";
import type { Store } from "./store.ts";

const AUDIT_RETENTION_MS = 2 * 365 * 24 * 60 * 60 * 1_000;

/** What the scheduler does for its own tables when a job names it as a step. */
export const runTask = async (
  task: TaskName,
  store: Pick<Store, "deleteRunsBefore" | "deleteAuditBefore" | "optimize">,
  now: number,
): Promise<Result<TaskReport, "unknown_task">> => {
  switch (task) {
    case "sweep":
      return ok({ delivered: 0 });
    case "cleanup":
      return ok({
        runs: await store.deleteRunsBefore(now - RUN_RETENTION_MS),
        audit: await store.deleteAuditBefore(now - AUDIT_RETENTION_MS),
      });
    case "optimize":
      await store.optimize();
      return ok({ optimized: 1 });
    case "reconcile_recent":
    case "reconcile_all":
    default:
      return err("unknown_task", task);
  }
};

import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";

import type { serviceStore } from "./store.ts";

const AUDIT_RETENTION_MS = 2 * 365 * 24 * 60 * 60 * 1_000;

/** What the scheduler may ask of users. */
export const runTask = async (
  task: TaskName,
  store: ReturnType<typeof serviceStore>,
  now: number,
): Promise<Result<TaskReport, "unknown_task">> => {
  switch (task) {
    case "sweep":
      // users announces nothing to others yet, so nothing can be left over.
      return ok({ delivered: 0 });
    case "cleanup":
      return ok({ audit: await store.deleteAuditBefore(now - AUDIT_RETENTION_MS) });
    case "optimize":
      await store.optimize();
      return ok({ optimized: 1 });
    case "reconcile_recent":
    case "reconcile_all":
    default:
      return err("unknown_task", task);
  }
};

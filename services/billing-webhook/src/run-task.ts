import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";

import type { Billing } from "./billing.ts";
import { maintenance } from "./maintenance-store.ts";
import { sweep } from "./sweep.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const AUDIT_RETENTION_MS = 2 * 365 * DAY_MS;
/** The link works for a day; a month leaves time for the provider's slowest repeats. */
const UNPAID_CHECKOUT_MS = 30 * DAY_MS;

/** What the scheduler may ask of billing-webhook. */
export const runTask = async (
  task: TaskName,
  billing: Billing,
): Promise<Result<TaskReport, "unknown_task">> => {
  const store = maintenance(billing.db);
  const now = billing.clock();
  switch (task) {
    case "sweep": {
      const { applied, delivered } = await sweep(billing);
      return ok({ applied, delivered });
    }
    case "cleanup":
      return ok({
        audit: await store.deleteAuditBefore(now - AUDIT_RETENTION_MS),
        checkouts: await store.deleteUnpaidBefore(now - UNPAID_CHECKOUT_MS),
      });
    case "optimize":
      await store.optimize();
      return ok({ optimized: 1 });
    default:
      return err("unknown_task", task);
  }
};

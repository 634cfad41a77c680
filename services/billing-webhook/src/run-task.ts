import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";

import { applyRefetched } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { maintenance } from "./maintenance-store.ts";
import { advanceReconcile, startReconcile } from "./reconcile.ts";
import { reconcileStore, type Scope } from "./reconcile-store.ts";
import { sweep } from "./sweep.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const AUDIT_RETENTION_MS = 2 * 365 * DAY_MS;
/** A quarter: long enough to compare the loss of webhooks between seasons. */
const RUN_RETENTION_MS = 90 * DAY_MS;
/** Long enough to be asked why a purchase changed hands; the audit row says that it did. */
const OLD_CLAIM_MS = 30 * DAY_MS;
/** The link works for a day; a month leaves time for the provider's slowest repeats. */
const UNPAID_CHECKOUT_MS = 30 * DAY_MS;

/** Supervises the buffer's own alarm; how many deliveries it still holds. */
const drain = async ({ buffer, log }: Billing): Promise<number> => {
  try {
    return (await buffer.drain()).held;
  } catch (error) {
    log.warn("buffer away", { error });
    return 0;
  }
};

/** Well within the job's patience; the reconciler takes the steps that are left. */
const RECONCILE_BUDGET_MS = 20_000;

const reconcile = async (scope: Scope, billing: Billing): Promise<TaskReport> => {
  const by = { actor: "service:scheduler", trace: billing.trace };
  const id = await startReconcile(billing, scope, by);
  await advanceReconcile(billing, RECONCILE_BUDGET_MS, id);
  const report = await reconcileStore(billing.db).report(id);
  if (report === null) return {};
  const { calls, seen, drifts, state } = report;
  return { calls, seen, drifts: drifts.length, finished: Number(state !== "running") };
};

/** What the scheduler may ask of billing-webhook. */
export const runTask = async (
  task: TaskName,
  billing: Billing,
): Promise<Result<TaskReport, "unknown_task">> => {
  const store = maintenance(billing.db);
  const now = billing.clock();
  switch (task) {
    case "sweep": {
      const held = await drain(billing);
      const { applied, delivered } = await sweep(billing);
      await applyRefetched(billing);
      return ok({ applied, delivered, held });
    }
    case "cleanup":
      return ok({
        audit: await store.deleteAuditBefore(now - AUDIT_RETENTION_MS),
        checkouts: await store.deleteUnpaidBefore(now - UNPAID_CHECKOUT_MS),
        claims: await store.deleteClaimsBefore(now - OLD_CLAIM_MS),
        reconcileRuns: await store.deleteRunsBefore(now - RUN_RETENTION_MS),
      });
    case "optimize":
      await store.optimize();
      return ok({ optimized: 1 });
    case "reconcile_recent":
      return ok(await reconcile("recent", billing));
    case "reconcile_all":
      return ok(await reconcile("all", billing));
    default:
      return err("unknown_task", task satisfies never);
  }
};

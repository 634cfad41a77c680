import { err, ok, type Result } from "@luna/shared/rpc/result";
import type { TaskName, TaskReport } from "@luna/shared/rpc/tasks";
import type { Parts } from "@luna/shared/service";

import { deliverDue } from "./deliver-due.ts";
import { deliveryOf, sweeperOf } from "./delivery.ts";
import type { Config, Env } from "./env.ts";
import { retention } from "./retention-store.ts";

/** What the scheduler may ask of mailer. */
export const runTask = async (
  task: TaskName,
  parts: Parts<Env, Config>,
): Promise<Result<TaskReport, "unknown_task">> => {
  const now = parts.clock();
  const store = retention(parts.db);
  switch (task) {
    case "sweep": {
      // The alarm does this by itself; arming it anew repairs one that was lost.
      await sweeperOf(parts.env).arm();
      const { sent, unsent } = await deliverDue(deliveryOf(parts));
      return ok({ sent, unsent, purged: await store.purgeSecrets(now) });
    }
    case "cleanup":
      return ok(await store.deleteOld(now));
    case "optimize":
      await store.optimize();
      return ok({ optimized: 1 });
    case "reconcile_recent":
    case "reconcile_all":
    default:
      return err("unknown_task", task);
  }
};

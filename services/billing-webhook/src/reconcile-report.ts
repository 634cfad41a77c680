import * as v from "valibot";

import { SCOPES, type reconcileStore } from "./reconcile-store.ts";
import { iso, isoOrNull, NullableTime, Time } from "./time.ts";

export const ReconcileParams = v.strictObject({ id: v.string() });

export const ReconcileQuery = v.strictObject({
  /** `recent` asks only about what changed lately or looks odd. */
  scope: v.optional(v.picklist(SCOPES), "all"),
});

/** What differed from the provider; each line is a webhook that was lost or is still on its way. */
export const ReconcileReport = v.strictObject({
  id: v.string(),
  scope: v.picklist(SCOPES),
  state: v.picklist(["running", "done", "failed"]),
  startedAt: Time,
  finishedAt: NullableTime,
  /** Calls of the provider's API, and objects it showed. */
  calls: v.number(),
  seen: v.number(),
  /** Why it failed. */
  error: v.nullable(v.string()),
  drifts: v.array(
    v.strictObject({
      object: v.picklist(["order", "subscription", "invoice", "license_key"]),
      id: v.string(),
      /** The status that was known; `null` for an object nobody had told of. */
      before: v.nullable(v.string()),
      after: v.string(),
      /** Whether it has an owner now; if not, it waits in the inbox as `unlinked`. */
      linked: v.boolean(),
    }),
  ),
});

type Report = NonNullable<Awaited<ReturnType<ReturnType<typeof reconcileStore>["report"]>>>;

export const reportOf = (report: Report): v.InferOutput<typeof ReconcileReport> => ({
  ...report,
  startedAt: iso(report.startedAt),
  finishedAt: isoOrNull(report.finishedAt),
});

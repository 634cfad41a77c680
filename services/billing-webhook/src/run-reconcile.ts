import { Failure } from "@luna/shared/http/problem";
import { reply, type Reply } from "@luna/shared/http/reply";
import type * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { advanceReconcile, startReconcile } from "./reconcile.ts";
import { reportOf, type ReconcileParams, type ReconcileQuery } from "./reconcile-report.ts";
import { reconcileStore } from "./reconcile-store.ts";

/** A small shop is compared within this; for a big one the caller asks again. */
const WAIT_MS = 12_000;
/** How often to look whether somebody else has taken the steps. */
const LOOK_EVERY_MS = 250;

const notFound = (): Failure => new Failure("not_found", "There was no such comparison.");

/**
 * `POST /v1/admin/billing/reconcile`: 200 with what differed, or 202 while it goes on. A comparison
 * that is under way is answered with instead of starting a second one.
 */
export const runReconcile = async (
  { query }: { query: v.InferOutput<typeof ReconcileQuery> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace } = context;
  const until = billing.clock() + WAIT_MS;
  const by = { actor: signedIn(context).userId, trace };
  const id = await startReconcile(billing, query.scope, by);
  const store = reconcileStore(billing.db);
  for (;;) {
    const now = billing.clock();
    await advanceReconcile(billing, until - now, id);
    const report = await store.report(id);
    if (report === null) return notFound();
    if (report.state !== "running") return reply(200, reportOf(report));
    if (billing.clock() >= until) return reply(202, reportOf(report));
    await new Promise((done) => {
      setTimeout(done, LOOK_EVERY_MS);
    });
  }
};

/** `GET /v1/admin/billing/reconcile/{id}`. */
export const getReconcile = async (
  { params }: { params: v.InferOutput<typeof ReconcileParams> },
  context: BillingContext,
): Promise<Reply | Failure> => {
  const { billing, trace, now } = context;
  const store = reconcileStore(billing.db);
  const [report] = await Promise.all([
    store.report(params.id),
    store.auditLook(params.id, signedIn(context).userId, trace, now),
  ]);
  return report === null ? notFound() : reply(200, reportOf(report));
};

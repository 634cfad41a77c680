import type { Trace } from "@luna/shared/trace";

import { applyDue, applyFresh } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { compareObjects, type Finding } from "./compare-objects.ts";
import { objectDelivery } from "./file-delivery.ts";
import { inboxStore } from "./inbox-store.ts";
import type { Resource } from "./lemonsqueezy/resource.ts";
import { reconcileStore, type Claimed, type Scope, type Suspect } from "./reconcile-store.ts";
import { firstCursor, isOver, look, withSuspects } from "./reconcile-walk.ts";

/** 5 s doubling to 5 min while the provider does not answer. */
const BACKOFF_BASE_MS = 5_000;
const BACKOFF_DOUBLINGS = 6;
/** A walk that takes longer is worth less than the next one. */
const GIVE_UP_AFTER_MS = 6 * 60 * 60 * 1_000;

/** Starts comparing with the provider, or finds the run of this scope that is under way. */
export const startReconcile = async (
  billing: Billing,
  scope: Scope,
  by: { actor: string; trace: Trace },
): Promise<string> => {
  const now = billing.clock();
  // Whoever starts it may die: the alarm takes the steps that are left.
  await billing.reconciler.arm();
  const cursor = await firstCursor(billing, scope, now);
  return reconcileStore(billing.db).start(scope, cursor, by, now);
};

/** A lost renewal is seldom lost alone: what became of its subscription was told in the same minute. */
const companionOf = ({ told, drift }: Finding): Suspect[] =>
  drift !== null && told.kind === "invoice" && told.value.reason !== "initial"
    ? [{ collection: "subscriptions", id: told.value.subscriptionId }]
    : [];

/**
 * Files what differs, so that it goes the way of every webhook: one order guard, one set of effects,
 * and nothing twice. What must not be applied, such as a test purchase in production, is left out.
 * Answers what else may differ.
 */
const repair = async (
  billing: Billing,
  run: Claimed,
  resources: readonly Resource[],
): Promise<Suspect[]> => {
  const { db, log } = billing;
  const { findings, unreadable } = await compareObjects(billing, resources);
  if (unreadable > 0) log.warn("objects in an unknown shape", { runId: run.id, unreadable });
  const suspects: Suspect[] = [];
  for (const finding of findings) {
    const { resource, drift, ref } = finding;
    const delivery = await objectDelivery(billing, resource, ref);
    if (delivery.parked !== null) continue;
    if (drift !== null) await reconcileStore(db).recordDrift(run.id, drift);
    if ((await inboxStore(db).file(delivery)) === "received")
      await applyFresh(billing, delivery.id);
    suspects.push(...companionOf(finding));
  }
  return suspects;
};

const backoff = (attempts: number): number =>
  BACKOFF_BASE_MS * 2 ** Math.min(attempts, BACKOFF_DOUBLINGS);

/** Takes steps of one run until it is over, has to wait, or the time is up. */
const advance = async (billing: Billing, run: Claimed, until: number): Promise<void> => {
  const { db, clock, log } = billing;
  const store = reconcileStore(db);
  let { cursor } = run;
  while (clock() < until) {
    if (isOver(cursor)) {
      await store.finish(run, null, clock());
      log.info("reconciled", { runId: run.id, scope: run.scope });
      return;
    }
    if (clock() - run.startedAt >= GIVE_UP_AFTER_MS) {
      await store.finish(run, "took too long", clock());
      log.error("reconcile given up", { runId: run.id, scope: run.scope });
      return;
    }
    const seen = await look(billing, cursor);
    if ("failed" in seen) {
      const lasting = seen.failed === "refused";
      if (lasting) await store.finish(run, seen.detail, clock());
      // Its turn comes within seconds; an outage lasts longer.
      const wait = seen.failed === "rate_limited" ? 0 : backoff(run.attempts);
      if (!lasting) await store.pause(run, clock() + wait);
      log.warn("reconcile waits", { runId: run.id, code: seen.failed, detail: seen.detail });
      return;
    }
    const suspects = await repair(billing, run, seen.resources);
    const left = withSuspects(seen.left, suspects);
    if (!(await store.step(run, left, seen.resources.length, clock()))) return;
    cursor = left;
  }
  await store.pause(run, clock());
};

/** Takes the next steps of one run, or of every run that is under way. */
export const advanceReconcile = async (
  billing: Billing,
  budgetMs: number,
  id: string | null = null,
): Promise<void> => {
  const claimed = await reconcileStore(billing.db).claim(billing.clock(), id);
  if (claimed.length === 0) return;
  // What waits in the inbox is no drift.
  await applyDue(billing);
  const until = billing.clock() + budgetMs;
  for (const run of claimed) await advance(billing, run, until);
};

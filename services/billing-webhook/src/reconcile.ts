import type { Trace } from "@luna/shared/trace";

import { applyDue, applyFresh } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { compareObjects } from "./compare-objects.ts";
import { deliveryOf } from "./file-delivery.ts";
import { inboxStore } from "./inbox-store.ts";
import { knownStore } from "./known-store.ts";
import type { Failed } from "./lemonsqueezy/call.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { COLLECTIONS, type Resource } from "./lemonsqueezy/resource.ts";
import { reconcileStore, type Claimed, type Cursor, type Scope } from "./reconcile-store.ts";

/** A look at the recent past reaches over four of its quarters. */
const RECENT_MS = 60 * 60 * 1_000;
/** Less than a minute's calls, so that the walk of everything is never held up by more. */
const MOST_SUSPECTS = 50;
/** 5 s doubling to 5 min while the provider does not answer. */
const BACKOFF_BASE_MS = 5_000;
const BACKOFF_DOUBLINGS = 6;
/** A walk that takes longer is worth less than the next one. */
const GIVE_UP_AFTER_MS = 6 * 60 * 60 * 1_000;

const firstCursor = async ({ db }: Billing, scope: Scope, now: number): Promise<Cursor> =>
  scope === "all"
    ? { kind: "lists", collections: [...COLLECTIONS], page: 1 }
    : {
        kind: "subscriptions",
        ids: await knownStore(db).suspects(now - RECENT_MS, now, MOST_SUSPECTS),
      };

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

/** What one call of the provider showed, and what is left after it. */
type Look = { resources: readonly Resource[]; left: Cursor } | { failed: Failed; detail: string };

const look = async ({ lemonSqueezy }: Billing, cursor: Cursor): Promise<Look> => {
  if (cursor.kind === "subscriptions") {
    const [id = "", ...ids] = cursor.ids;
    const answer = await lemonSqueezy.fetchSubscription(id);
    const left: Cursor = { ...cursor, ids };
    if (answer.ok) return { resources: [answer.value], left };
    if (answer.code === "not_found") return { resources: [], left };
    return { failed: answer.code, detail: answer.detail };
  }
  const [collection = "orders", ...collections] = cursor.collections;
  const answer = await lemonSqueezy.list(collection, { page: cursor.page });
  const next: Cursor = { ...cursor, collections, page: 1 };
  // A page past the end of a list is one that shrank meanwhile.
  if (!answer.ok && answer.code === "not_found") return { resources: [], left: next };
  if (!answer.ok) return { failed: answer.code, detail: answer.detail };
  const { resources, more } = answer.value;
  return { resources, left: more ? { ...cursor, page: cursor.page + 1 } : next };
};

/**
 * Files what differs, so that it goes the way of every webhook: one order guard, one set of effects,
 * and nothing twice. What must not be applied, such as a test purchase in production, is left out.
 */
const repair = async (billing: Billing, run: Claimed, resources: readonly Resource[]) => {
  const { db, config, trace, clock, log } = billing;
  const { findings, unreadable } = await compareObjects(billing, resources);
  if (unreadable > 0) log.warn("objects in an unknown shape", { runId: run.id, unreadable });
  for (const { resource, drift, ref } of findings) {
    const body = lemonSqueezyEvents.wrapObject(resource, ref);
    const received = { body, source: "api", eventHeader: null } as const;
    const delivery = await deliveryOf(received, config, trace, clock());
    if (delivery.parked !== null) continue;
    if (drift !== null) await reconcileStore(db).recordDrift(run.id, drift);
    if ((await inboxStore(db).file(delivery)) === "received")
      await applyFresh(billing, delivery.id);
  }
};

const isOver = (cursor: Cursor): boolean =>
  (cursor.kind === "lists" ? cursor.collections : cursor.ids).length === 0;

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
    await repair(billing, run, seen.resources);
    if (!(await store.step(run, seen.left, seen.resources.length, clock()))) return;
    cursor = seen.left;
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

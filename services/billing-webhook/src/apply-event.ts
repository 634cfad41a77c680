import { giveWay } from "@luna/shared/give-way";
import { commitWithEffects } from "@luna/shared/outbox/outbox";

import type { Billing } from "./billing.ts";
import { CLAIM_ROWS, inboxStore, type Claimed } from "./inbox-store.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import type { Attempt } from "./observed-store.ts";
import { observe } from "./observe.ts";
import { planWrites, purchaseOf } from "./plan-writes.ts";
import { refetchDue } from "./refetch.ts";
import type { Event } from "./told.ts";
import { weighRef } from "./weigh-ref.ts";

/** How long one sweep goes on claiming: well within the lease of its last claim. */
const SWEEP_BUDGET_MS = 20_000;

/** What one applied delivery makes possible or necessary. */
interface Aftermath {
  /** Others can be applied now because this one has an owner. */
  recalled: boolean;
  /** Only the provider's API knows which of two stories is true. */
  asks: boolean;
  /** Nothing could be written; it is tried again later. */
  failed: boolean;
}
const NOTHING: Aftermath = { recalled: false, asks: false, failed: false };

const commitEvent = async (
  billing: Billing,
  claimed: Claimed,
  event: Event,
): Promise<Aftermath> => {
  const { told, ref } = event;
  const { trace, log } = billing;
  const attempt: Attempt = {
    eventId: claimed.id,
    stamp: `${claimed.id}.${claimed.attempt}`,
    now: billing.clock(),
  };
  const variantId = purchaseOf(told)?.variantId ?? null;
  const [weighed, { digest }] = await Promise.all([
    weighRef(billing, ref, variantId),
    observe(told),
  ]);
  const asked = claimed.source === "api";
  const mailed = billing.config.DUNNING_MAILS === "on";
  const writes = planWrites(told, digest, weighed, attempt, { trace, asked, mailed });
  const statements = [...writes.statements, inboxStore(billing.db).remember(claimed, event)];
  const { outcomes, relay } = await commitWithEffects(billing, statements, writes.effects);
  const settled = outcomes[writes.settleAt]?.rows[0] ?? {};
  log.info("event settled", { eventId: claimed.id, event: claimed.eventName, ...settled });
  await relay();
  return {
    recalled: (outcomes[writes.recallAt]?.changes ?? 0) > 0,
    asks: (outcomes[writes.askAt]?.changes ?? 0) > 0,
    failed: false,
  };
};

const applyOne = async (billing: Billing, claimed: Claimed): Promise<Aftermath> => {
  const inbox = inboxStore(billing.db);
  const traced = { ...billing, trace: claimed.trace };
  try {
    const { body } = claimed;
    const event = body === null ? "body_lost" : lemonSqueezyEvents.readEvent(body);
    if (typeof event !== "string") return await commitEvent(traced, claimed, event);
    const state = event === "no_purchase" ? "applied" : "parked";
    await inbox.conclude(claimed, state, event, billing.clock());
    if (state === "parked")
      billing.log.warn("event parked", { eventId: claimed.id, reason: event });
  } catch (error) {
    billing.log.error("event not applied yet", { eventId: claimed.id, error });
    const reason = error instanceof Error ? error.message : "unknown";
    const state = await inbox.fail(claimed, reason, billing.clock());
    if (state === "dead") billing.log.error("event is dead", { eventId: claimed.id });
    return { ...NOTHING, failed: true };
  }
  return NOTHING;
};

/** Applies every delivery that is due, oldest first. Tells whether any still waits for its time. */
export const applyDue = async (
  billing: Billing,
): Promise<{ applied: number; waiting: boolean }> => {
  const { db, clock, patience } = billing;
  const inbox = inboxStore(db);
  const until = clock() + SWEEP_BUDGET_MS;
  let applied = 0;
  do {
    const claimed = await inbox.claimDue(clock(), patience.page(CLAIM_ROWS));
    if (claimed.length === 0) break;
    for (const one of claimed) {
      patience.note((await applyOne(billing, one)).failed);
      applied += 1;
      if (patience.isLost()) break;
      await giveWay();
    }
  } while (clock() < until && !patience.isLost());
  return { applied, waiting: await inbox.isWaiting() };
};

/** Applies what the provider's API answers to the questions that are due. */
export const applyRefetched = async (billing: Billing): Promise<void> => {
  for (const id of await refetchDue(billing)) {
    const claimed = await inboxStore(billing.db).claimFresh(id, billing.clock());
    for (const one of claimed) await applyOne(billing, one);
  }
};

/** Applies one delivery, then what only waited for its owner. */
export const applyClaimed = async (
  billing: Billing,
  claimed: Claimed,
): Promise<Pick<Aftermath, "asks" | "failed">> => {
  const { recalled, asks, failed } = await applyOne(billing, claimed);
  if (recalled) await applyDue(billing);
  return { asks, failed };
};

/**
 * Applies one delivery that was just filed. Never throws: whatever stops it, the sweeper finds the
 * delivery where it was, and the reconciler what the API has to decide.
 */
export const applyFresh = async (billing: Billing, id: string): Promise<void> => {
  try {
    const claimed = await inboxStore(billing.db).claimFresh(id, billing.clock());
    for (const one of claimed) await applyClaimed(billing, one);
  } catch (error) {
    billing.log.warn("event left to the sweeper", { eventId: id, error });
  }
};

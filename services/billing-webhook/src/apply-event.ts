import { sha256Hex } from "@luna/shared/bytes";
import { parseJson } from "@luna/shared/http/read-body";
import { commitWithEffects } from "@luna/shared/outbox/outbox";

import type { Billing } from "./billing.ts";
import { inboxStore, type Claimed } from "./inbox-store.ts";
import { readEvent, type Event } from "./lemonsqueezy/event.ts";
import type { Attempt } from "./observed-store.ts";
import { planWrites, purchaseOf } from "./plan-writes.ts";
import { weighRef } from "./weigh-ref.ts";

/** How long one sweep goes on claiming: well within the lease of its last claim. */
const SWEEP_BUDGET_MS = 20_000;

/** Answers how many other deliveries can be applied now because this one has an owner. */
const commitEvent = async (billing: Billing, claimed: Claimed, event: Event): Promise<number> => {
  const { trace, log } = billing;
  const { told } = event;
  const attempt: Attempt = {
    eventId: claimed.id,
    stamp: `${claimed.id}.${claimed.attempt}`,
    now: billing.clock(),
  };
  const variantId = purchaseOf(told)?.variantId ?? null;
  const [ref, digest] = await Promise.all([
    weighRef(billing, event.ref, variantId),
    sha256Hex(JSON.stringify(told.value)),
  ]);
  const writes = planWrites(told, digest, ref, attempt, trace);
  const { outcomes, relay } = await commitWithEffects(billing, writes.statements, writes.effects);
  const settled = outcomes[writes.settleAt]?.rows[0] ?? {};
  log.info("event settled", { eventId: claimed.id, event: claimed.eventName, ...settled });
  await relay();
  return outcomes[writes.recallAt]?.changes ?? 0;
};

const applyClaimed = async (billing: Billing, claimed: Claimed): Promise<number> => {
  const inbox = inboxStore(billing.db);
  const traced = { ...billing, trace: claimed.trace };
  try {
    const json = parseJson(claimed.body);
    const event = json.ok ? readEvent(json.value.json) : "unexpected_shape";
    if (typeof event !== "string") return await commitEvent(traced, claimed, event);
    await inbox.park(claimed, event, billing.clock());
    billing.log.warn("event parked", { eventId: claimed.id, reason: event });
  } catch (error) {
    billing.log.error("event not applied yet", { eventId: claimed.id, error });
    const reason = error instanceof Error ? error.message : "unknown";
    const state = await inbox.fail(claimed, reason, billing.clock());
    if (state === "dead") billing.log.error("event is dead", { eventId: claimed.id });
  }
  return 0;
};

/** Applies every delivery that is due, oldest first. Tells whether any still waits for its time. */
export const applyDue = async (
  billing: Billing,
): Promise<{ applied: number; waiting: boolean }> => {
  const inbox = inboxStore(billing.db);
  const until = billing.clock() + SWEEP_BUDGET_MS;
  let applied = 0;
  while (billing.clock() < until) {
    const claimed = await inbox.claimDue(billing.clock());
    if (claimed.length === 0) break;
    for (const one of claimed) await applyClaimed(billing, one);
    applied += claimed.length;
  }
  return { applied, waiting: await inbox.isWaiting() };
};

/**
 * Applies one delivery right after it was acknowledged, and what only waited for its owner. Never
 * throws: whatever stops it, the sweeper finds the delivery where it was.
 */
export const applyFresh = async (billing: Billing, id: string): Promise<void> => {
  try {
    const claimed = await inboxStore(billing.db).claimFresh(id, billing.clock());
    for (const one of claimed) if ((await applyClaimed(billing, one)) > 0) await applyDue(billing);
  } catch (error) {
    billing.log.warn("event left to the sweeper", { eventId: id, error });
  }
};

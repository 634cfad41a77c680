import type { Billing } from "./billing.ts";
import { objectDelivery } from "./file-delivery.ts";
import { inboxStore } from "./inbox-store.ts";
import { refetchStore } from "./refetch-store.ts";

/** A third of a minute's calls, and no more of an invocation than it can spare. */
const MOST_QUESTIONS = 20;
const BUDGET_MS = 10_000;

/**
 * Asks the provider about the subscriptions whose events contradict each other, and keeps its answers
 * in the inbox. While it does not answer, the order guard's own choice stands and the question waits; a
 * provider that is away for one is not asked about the next. Answers the ids of the deliveries that are
 * to be applied.
 */
export const refetchDue = async (billing: Billing): Promise<string[]> => {
  const { db, log, lemonSqueezy, clock } = billing;
  const store = refetchStore(db);
  const filed: string[] = [];
  const until = clock() + BUDGET_MS;
  for (let count = 0; count < MOST_QUESTIONS && clock() < until; count += 1) {
    const asked = await store.claimDue(clock());
    if (asked === null) break;
    const { subscriptionId } = asked;
    const answer = await lemonSqueezy.fetchObject("subscriptions", subscriptionId);
    if (answer.ok) {
      const delivery = await objectDelivery(billing, answer.value);
      const { id } = delivery;
      const isNew = (await inboxStore(db).file(delivery)) !== null;
      // Word for word what was kept before decides nothing, and a tie may stand just because of it. A
      // second later the signed links are others, and so is the clock: the question stays open till then.
      if (isNew) {
        filed.push(id);
        await store.settle(asked);
      }
      log.info("subscription refetched", { subscriptionId, eventId: id, isNew });
    } else if (answer.code === "not_found" || answer.code === "refused") {
      // It will say the same tomorrow. What the events told stands.
      await store.settle(asked);
      log.warn("subscription not refetched", { subscriptionId, code: answer.code });
    } else {
      log.info("refetch postponed", { subscriptionId, code: answer.code });
      break;
    }
  }
  return filed;
};

import { eventually } from "../people.ts";
import type { BillingStage, Buyer } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import type { ProviderEvent } from "./provider-event.ts";
import type { Sold } from "./sold.ts";
import { workedOff } from "./worked-off.ts";

/** Between two changes of one subscription: the provider's clock counts seconds. */
const STEP_MS = 2_000;
/** How long before now a story begins. */
const PAST_MS = 40 * 24 * 3_600_000;
/** What failed is tried again after at most five minutes. */
const STANDSTILL_MS = 330_000;

const STATUSES = ["active", "past_due", "unpaid", "active", "paused"] as const;

/** Some subscriptions and what happens to them, in the order in which it does. */
export interface Story {
  sold: Sold[];
  events: ProviderEvent[];
}

/** The stories of some purchases of one buyer, woven: every tenth event pays an invoice. */
export const tellStory = async (
  stage: BillingStage,
  buyer: Buyer,
  { subscriptions, events: count }: { subscriptions: number; events: number },
  random: () => number,
): Promise<Story> => {
  const start = Date.now() - PAST_MS;
  const sold: Sold[] = [];
  for (let index = 0; index < subscriptions; index += 1)
    sold.push(await stage.buy(buyer, "pro", start));
  const events = sold.flatMap((one) => [
    one.orderEvent(),
    one.subscriptionEvent("subscription_created"),
  ]);
  for (let step = 1; events.length < count; step += 1) {
    const one = sold[Math.floor(random() * sold.length)] as Sold;
    const at = start + step * STEP_MS;
    if (step % 10 === 0) events.push(one.invoiceEvent(one.charge(at)));
    else {
      const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? "active";
      const pause = status === "paused" ? { mode: "void" as const, resumesAt: null } : null;
      one.change({ status, pause }, at);
      events.push(one.subscriptionEvent());
    }
  }
  await stage.provider.remember(sold.flatMap((one) => one.puts()));
  return { sold, events };
};

/** An effect that users did not take is offered again within a minute or so. */
const HEAR_LIMIT_MS = 120_000;
/** What was buffered while D1 refused comes back within this. */
const RETURN_LIMIT_MS = 60_000;

/** Waits until nothing received is left to be applied, or until none of it is any more. */
export const settled = ({ billing }: BillingStage): Promise<boolean> =>
  workedOff(
    () =>
      rows<{ n: number }>(billing, "SELECT count(*) AS n FROM inbox WHERE state = 'received'")[0]
        ?.n ?? 0,
    STANDSTILL_MS,
  );

/** Which of these deliveries the inbox does not have, or has not finished. */
export const lostOf = async (
  stage: BillingStage,
  deliveries: readonly ProviderEvent[],
): Promise<ProviderEvent[]> => {
  const missing = (): ProviderEvent[] => {
    const done = rows<{ key: string }>(
      stage.billing,
      "SELECT dedupe_key AS key FROM inbox WHERE state IN ('applied', 'stale')",
    );
    const kept = new Set(done.map(({ key }) => key));
    return deliveries.filter(({ webhookId }) => !kept.has(`id:${webhookId}`));
  };
  await settled(stage);
  const allBack = (): Promise<boolean> => Promise.resolve(missing().length === 0);
  await eventually("all to be back", allBack, RETURN_LIMIT_MS).catch(() => null);
  return missing();
};

/** Subscriptions of which billing or users believes something else than the provider. */
export const wrongOf = async (stage: BillingStage, sold: readonly Sold[]): Promise<Sold[]> => {
  const statuses = (file: string, id: string) =>
    new Map(
      rows<{ id: string; status: string }>(
        file,
        `SELECT ${id} AS id, status FROM subscriptions`,
      ).map((row) => [row.id, row.status]),
    );
  const differing = (): Sold[] => {
    const known = [statuses(stage.billing, "id"), statuses(stage.users, "provider_id")];
    return sold.filter(({ subscription: { id, status } }) =>
      known.some((table) => table.get(String(id)) !== status),
    );
  };
  const agree = (): Promise<boolean> => Promise.resolve(differing().length === 0);
  await eventually("users to hear of it", agree, HEAR_LIMIT_MS).catch(() => null);
  return differing();
};

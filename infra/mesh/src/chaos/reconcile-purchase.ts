import type { Buyer } from "./billing-stage.ts";
import type { ProviderEvent } from "./provider-event.ts";
import type { Sold } from "./sold.ts";

/** So much of what the provider sends never arrives. */
const DROPPED = 0.3;
const STEP_MS = 10_000;

/** An object of the provider: how it ends there, and how it stood in the last event that arrived. */
interface Known {
  object: "order" | "subscription" | "invoice";
  id: string;
  heard: string | null;
  truth: string;
}

export interface Purchase {
  sold: Sold;
  buyer: Buyer;
  /** Nothing of it arrived, so nothing says whose it is. */
  unheard: boolean;
  events: ProviderEvent[];
  known: Known[];
}

/** What happens to a purchase, and which of its events get through. */
export const live = (
  sold: Sold,
  buyer: Buyer,
  { changes, unheard }: { changes: number; unheard: boolean },
  random: () => number,
): Purchase => {
  const purchase: Purchase = { sold, buyer, unheard, events: [], known: [] };
  const tell = (
    object: Known["object"],
    id: number,
    state: string,
    event: ProviderEvent,
    certain = false,
  ) => {
    const arrives = !unheard && (certain || random() >= DROPPED);
    const entry = purchase.known.find((one) => one.id === String(id) && one.object === object);
    const known = entry ?? { object, id: String(id), heard: null, truth: state };
    if (entry === undefined) purchase.known.push(known);
    known.truth = state;
    if (!arrives) return;
    known.heard = state;
    purchase.events.push(event);
  };
  const { id } = sold.subscription;
  const start = sold.order.createdAt;
  tell("order", sold.order.id, "paid", sold.orderEvent());
  // The reference has to arrive once: in the order or in the first word about the subscription.
  const lonely = purchase.events.length === 0;
  tell("subscription", id, "active 1", sold.subscriptionEvent("subscription_created"), lonely);
  for (let step = 1; step <= changes; step += 1) {
    const at = start + step * STEP_MS;
    const invoice = sold.charge(at);
    tell("invoice", invoice.id, "paid", sold.invoiceEvent(invoice));
    const status = step % 2 === 1 ? "past_due" : "active";
    sold.change({ status, quantity: step }, at);
    tell("subscription", id, `${status} ${step}`, sold.subscriptionEvent());
  }
  return purchase;
};

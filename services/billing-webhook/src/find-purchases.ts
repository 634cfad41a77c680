import { reply, type Reply } from "@luna/shared/http/reply";
import { PAID_TIERS } from "@luna/shared/plans";
import * as v from "valibot";

import { askPurchases, type Asked, type Search } from "./ask-purchases.ts";
import { signedIn, type BillingContext } from "./context.ts";
import { EventAnswer, answerOf } from "./list-events.ts";
import { purchaseStore } from "./purchase-store.ts";
import { tierOf } from "./variants.ts";

const Text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(254));

export const FindQuery = v.pipe(
  v.strictObject({
    email: v.optional(Text),
    /** The id, or the identifier on the receipt. */
    order: v.optional(Text),
    /** The provider's customer. */
    customer: v.optional(Text),
  }),
  v.check(
    (query) => Object.values(query).filter((given) => given !== undefined).length === 1,
    "name one of email, order and customer",
  ),
);

export const FindAnswer = v.strictObject({
  /** Whether the provider could be asked; without it only what was told of is here, and no address. */
  providerAnswered: v.boolean(),
  items: v.array(
    v.strictObject({
      orderId: v.string(),
      identifier: v.nullable(v.string()),
      status: v.nullable(v.string()),
      customerId: v.nullable(v.string()),
      email: v.nullable(v.string()),
      /** `null` while it is nobody's: link one of its events. */
      owner: v.nullable(v.strictObject({ kind: v.picklist(["user", "team"]), id: v.string() })),
      subscriptions: v.array(
        v.strictObject({
          id: v.string(),
          status: v.string(),
          plan: v.nullable(v.picklist(PAID_TIERS)),
        }),
      ),
      /** What waits about it: unlinked, parked or dead. */
      events: v.array(EventAnswer),
    }),
  ),
});

type Purchase = v.InferOutput<typeof FindAnswer>["items"][number];

const searchOf = ({ email, order, customer }: v.InferOutput<typeof FindQuery>): Search => {
  if (email !== undefined) return { by: "email", email };
  if (order !== undefined) return { by: "order", order };
  return { by: "customer", customer: customer ?? "" };
};

/** The orders a search is about: those the provider named and those that were told of. */
const ordersFor = async (
  store: ReturnType<typeof purchaseStore>,
  search: Search,
  { told }: Asked,
): Promise<string[]> => {
  const named = told.flatMap(({ kind, value }) => {
    if (kind === "order") return [value.id];
    return kind === "subscription" ? [value.orderId] : [];
  });
  if (search.by === "customer") named.push(...(await store.ordersOf(search.customer)));
  if (search.by === "order") {
    const id = await store.orderIdOf(search.order);
    // An id that nobody has heard of is no purchase.
    if (id !== null && (await store.isKnown(id))) named.push(id);
  }
  return [...new Set(named)].sort();
};

/** `GET /v1/admin/billing/find`: what somebody bought, whose it is here, and what waits for an owner. */
export const findPurchases = async (
  { query }: { query: v.InferOutput<typeof FindQuery> },
  context: BillingContext,
): Promise<Reply> => {
  const { billing, trace, now } = context;
  const store = purchaseStore(billing.db);
  const search = searchOf(query);
  const [asked] = await Promise.all([
    askPurchases(billing, search),
    store.auditLook(signedIn(context).userId, search.by, trace, now),
  ]);
  const orderIds = await ordersFor(store, search, asked);
  const [orders, stored] = await Promise.all([
    store.orders(orderIds),
    store.subscriptions(orderIds),
  ]);
  const planOf = (variantId: string) => tierOf(variantId, billing.config.LEMONSQUEEZY_VARIANTS);
  const subscriptionsOf = (orderId: string): Purchase["subscriptions"] => {
    const known = new Map<string, Purchase["subscriptions"][number]>();
    for (const { id, orderId: of, status, variantId } of stored)
      if (of === orderId) known.set(id, { id, status, plan: planOf(variantId) });
    // The provider's word is newer than what was told.
    for (const { kind, value } of asked.told)
      if (kind === "subscription" && value.orderId === orderId)
        known.set(value.id, {
          id: value.id,
          status: value.status,
          plan: planOf(value.variantId),
        });
    return [...known.values()];
  };
  const purchases = orders.map((order) => ({
    ...order,
    subscriptions: subscriptionsOf(order.orderId),
  }));
  const waiting = await store.waiting(
    orderIds,
    purchases.flatMap(({ subscriptions }) => subscriptions.map(({ id }) => id)),
  );
  const items = purchases.map((purchase): Purchase => {
    const ids = purchase.subscriptions.map(({ id }) => id);
    const order = asked.told.find(
      ({ kind, value }) => kind === "order" && value.id === purchase.orderId,
    );
    const told = order?.kind === "order" ? order.value : null;
    return {
      orderId: purchase.orderId,
      identifier: told?.identifier ?? purchase.identifier,
      status: told?.status ?? purchase.status,
      customerId: told?.customerId ?? purchase.customerId,
      email: asked.emails.get(purchase.orderId) ?? null,
      owner: purchase.owner,
      subscriptions: purchase.subscriptions,
      events: waiting
        .filter(
          ({ orderId, subscriptionId }) =>
            orderId === purchase.orderId || ids.includes(subscriptionId ?? ""),
        )
        .map(answerOf),
    };
  });
  return reply(200, { providerAnswered: asked.answered, items });
};

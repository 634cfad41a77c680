import { PAID_TIERS, type PaidTier } from "@luna/shared/plans";
import { ok, type Result } from "@luna/shared/rpc/result";

import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { actOnSubscription } from "./act-on-subscription.ts";
import { listOf, numberFrom, oneOf, readFields, text, wholeFrom } from "./fields.ts";
import { type Action, ACTIONS } from "./lifecycle.ts";
import { sell } from "./pay-checkout.ts";
import type { Shop } from "./shop.ts";

const MOST_PURCHASES = 20_000;
const MOST_PER_SECOND = 10_000;
const MOST_REFS = 20_000;
const MOST_ACTIONS = 20;
const HOUR_MS = 60 * 60 * 1_000;

/** Actions that are possible without further words. */
const PLAIN = ACTIONS.filter((action) => action !== "plan" && action !== "seats");

const FIELDS = {
  purchases: wholeFrom(1, MOST_PURCHASES),
  perSecond: numberFrom(0.1, MOST_PER_SECOND),
  tier: oneOf(PAID_TIERS),
  refs: listOf(text, MOST_REFS),
  actions: listOf(oneOf(PLAIN), MOST_ACTIONS),
};

/** Purchases written at once: they share one sync of the disk. */
const BATCH = 50;

interface Wish {
  tier: PaidTier;
  ref: string | undefined;
  actions: readonly Action[];
}

/**
 * One purchase and what follows it, hours apart and in the past, so that the states of a
 * subscription can be told from each other. Its events go out at the pace of the shop.
 */
const live = async (
  shop: Shop,
  { tier, ref, actions }: Wish,
  now: number,
): Promise<Result<string, "impossible">> => {
  let hoursAgo = actions.length;
  const past = { ...shop, clock: () => now - hoursAgo * HOUR_MS };
  const number = shop.state.list("customers").length + 1;
  const buyer = { email: `buyer-${number}@luna.test`, name: `Buyer ${number}` };
  const custom: Record<string, string> = ref === undefined ? {} : { ref };
  let { subscription } = await sell(past, { tier, custom }, buyer, {});
  for (const action of actions) {
    hoursAgo -= 1;
    const done = await actOnSubscription(past, action, subscription);
    if (!done.ok) return done;
    subscription = done.value;
  }
  return ok(String(subscription.id));
};

/** Sells to many buyers who then all do the same, and says how many deliveries that is. */
const bulk = async (shop: Shop, { body }: Call): Promise<Reply> => {
  const input = readFields(body, FIELDS);
  if ("problem" in input) return problem(422, input.problem);
  const { purchases = 1, perSecond = 100, tier = "pro", refs = [], actions = [] } = input.values;
  const now = shop.clock();
  let deliveries = 0;
  const pace = (): number => {
    const due = now + (deliveries * 1_000) / perSecond;
    deliveries += 1;
    return due;
  };
  const subscriptionIds: string[] = [];
  while (subscriptionIds.length < purchases) {
    const first = subscriptionIds.length;
    const batch = Array.from({ length: Math.min(BATCH, purchases - first) }, (_, index) => {
      const ref = refs[(first + index) % Math.max(1, refs.length)];
      return live({ ...shop, pace }, { tier, ref, actions }, now);
    });
    for (const made of await Promise.all(batch)) {
      if (!made.ok) return problem(409, made.detail);
      subscriptionIds.push(made.value);
    }
  }
  return json(201, { purchases, deliveries, perSecond, subscriptionIds });
};

export const bulkControls = (shop: Shop): Route[] => [
  ["POST", "/emulator/bulk", (call) => bulk(shop, call)],
];

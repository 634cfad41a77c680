import { PAID_TIERS } from "@luna/shared/plans";

import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { actOnSubscription } from "./act-on-subscription.ts";
import { listOf, numberFrom, oneOf, readFields, text, wholeFrom } from "./fields.ts";
import { ACTIONS } from "./lifecycle.ts";
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

/**
 * The shop at a pace and in a past of its own: what happens to one subscription lies hours apart, so
 * that its states can be told apart, while its events go out one after the other at the given rate.
 */
const pacedShop = (shop: Shop, perSecond: number, hours: number) => {
  const now = shop.clock();
  let hour = 0;
  let sent = 0;
  return {
    paced: {
      ...shop,
      clock: () => now - (hours - hour) * HOUR_MS,
      pace: () => {
        const due = now + (sent * 1_000) / perSecond;
        sent += 1;
        return due;
      },
    },
    atHour: (next: number) => {
      hour = next;
    },
    total: () => sent,
  };
};

/** Sells to many buyers who then all do the same, and says how many deliveries that is. */
const bulk = async (shop: Shop, { body }: Call): Promise<Reply> => {
  const input = readFields(body, FIELDS);
  if ("problem" in input) return problem(422, input.problem);
  const { purchases = 1, perSecond = 100, tier = "pro", refs = [], actions = [] } = input.values;
  const { paced, atHour, total } = pacedShop(shop, perSecond, actions.length);
  const subscriptionIds: string[] = [];
  for (let count = 0; count < purchases; count += 1) {
    const ref = refs[count % Math.max(1, refs.length)];
    const custom: Record<string, string> = ref === undefined ? {} : { ref };
    const number = shop.state.list("customers").length + 1;
    atHour(0);
    const buyer = { email: `buyer-${number}@luna.test`, name: `Buyer ${number}` };
    let { subscription } = await sell(paced, { tier, custom }, buyer, {});
    subscriptionIds.push(String(subscription.id));
    for (const [index, action] of actions.entries()) {
      atHour(index + 1);
      const done = await actOnSubscription(paced, action, subscription);
      if (!done.ok) return problem(409, done.detail);
      subscription = done.value;
    }
  }
  return json(201, { purchases, deliveries: total(), perSecond, subscriptionIds });
};

export const bulkControls = (shop: Shop): Route[] => [
  ["POST", "/emulator/bulk", (call) => bulk(shop, call)],
];

import { PAID_TIERS } from "@luna/shared/plans";

import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { actOnSubscription, customerOf } from "./act-on-subscription.ts";
import { flag, moment, oneOf, readFields, text, wholeFrom } from "./fields.ts";
import { ACTIONS, type Details } from "./lifecycle.ts";
import { payCheckout, whyClosed } from "./pay-checkout.ts";
import { type Checkout, KEY_STATUSES } from "./records.ts";
import { representSubscription } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";

const MOST_SEATS = 10_000;
const LONGEST_TRIAL_DAYS = 365;
const MOST_CENTS = 100_000_000;

const PAY_FIELDS = {
  checkoutId: text,
  email: text,
  quantity: wholeFrom(1, MOST_SEATS),
  trialDays: wholeFrom(0, LONGEST_TRIAL_DAYS),
  processor: oneOf(["stripe", "paypal"]),
  licenseKey: flag,
};

const ACTION_FIELDS = {
  mode: oneOf(["void", "free"]),
  resumesAt: moment,
  tier: oneOf(PAID_TIERS),
  invoiceNow: flag,
  quantity: wholeFrom(1, MOST_SEATS),
  amount: wholeFrom(1, MOST_CENTS),
  keyStatus: oneOf(KEY_STATUSES),
};

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The checkout asked for, or the newest one that is open for this address. */
const findCheckout = (shop: Shop, id: string | undefined, email: string): Checkout | undefined => {
  if (id !== undefined) return shop.state.get("checkouts", id);
  return shop.state
    .list("checkouts")
    .findLast(
      (checkout) =>
        (email === "" || sameAddress(checkout.email, email)) &&
        whyClosed(checkout, shop.clock()) === null,
    );
};

const pay = async (shop: Shop, { body }: Call): Promise<Reply> => {
  const input = readFields(body, PAY_FIELDS);
  if ("problem" in input) return problem(422, input.problem);
  const { checkoutId, email = "", ...terms } = input.values;
  const checkout = findCheckout(shop, checkoutId, email);
  if (checkout === undefined) return problem(404, "No open checkout matches.");
  const closed = whyClosed(checkout, shop.clock());
  if (closed !== null) return problem(409, `This checkout is ${closed}.`);
  const buyer = { email: email === "" ? checkout.email : email, name: checkout.name };
  if (!buyer.email.includes("@")) return problem(422, "The checkout has no e-mail: name one.");
  const { order, subscription, invoice, key, customer } = await payCheckout(
    shop,
    checkout,
    buyer,
    terms,
  );
  return json(201, {
    checkoutId: checkout.id,
    orderId: String(order.id),
    subscriptionId: String(subscription.id),
    customerId: String(customer.id),
    ...(invoice === null ? {} : { invoiceId: String(invoice.id) }),
    ...(key === null ? {} : { licenseKeyId: String(key.id) }),
  });
};

const act = async (shop: Shop, { params, body }: Call): Promise<Reply> => {
  const row = shop.state.get("subscriptions", Number(params["id"]));
  const action = ACTIONS.find((known) => known === params["action"]);
  if (row === undefined) return problem(404, "No such subscription.");
  if (action === undefined) return problem(404, `An action is one of ${ACTIONS.join(", ")}.`);
  const input = readFields(body, ACTION_FIELDS);
  if ("problem" in input) return problem(422, input.problem);
  const { resumesAt, ...rest } = input.values;
  const how: Details =
    resumesAt === undefined ? rest : { ...rest, resumesAt: Date.parse(resumesAt) };
  if (action === "plan" && how.tier === undefined) return problem(422, 'Say which "tier".');
  if (action === "seats" && how.quantity === undefined) return problem(422, 'Say the "quantity".');
  const done = await actOnSubscription(shop, action, row, how);
  if (!done.ok) return problem(409, done.detail);
  const customer = customerOf(shop, done.value);
  return json(200, representSubscription(shop.store, done.value, customer, shop.clock()));
};

/** What a buyer, a bank or the calendar would do. */
export const subscriptionControls = (shop: Shop): Route[] => [
  ["POST", "/emulator/pay", (call) => pay(shop, call)],
  ["POST", "/emulator/subscriptions/:id/:action", (call) => act(shop, call)],
];

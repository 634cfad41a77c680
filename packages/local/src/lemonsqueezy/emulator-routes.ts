import { parseObject } from "../fault.ts";
import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { actOnSubscription, customerOf } from "./act-on-subscription.ts";
import { parseChaos } from "./chaos.ts";
import { ACTIONS } from "./lifecycle.ts";
import { payCheckout, whyClosed } from "./pay-checkout.ts";
import type { Checkout } from "./records.ts";
import { representSubscription } from "./represent-subscription.ts";
import { chaosOf, type Shop } from "./shop.ts";

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The checkout asked for, or the newest one that is open for this address. */
const findCheckout = (shop: Shop, id: unknown, email: string): Checkout | undefined => {
  if (typeof id === "string") return shop.state.get("checkouts", id);
  const open = shop.state
    .list("checkouts")
    .filter((checkout) => whyClosed(checkout, shop.clock()) === null);
  return open.findLast((checkout) => email === "" || sameAddress(checkout.email, email));
};

const pay = async (shop: Shop, { body }: Call): Promise<Reply> => {
  const input = body.length === 0 ? {} : parseObject(body.toString());
  if (input === null) return problem(422, "The body must be a JSON object.");
  const email = typeof input["email"] === "string" ? input["email"] : "";
  const checkout = findCheckout(shop, input["checkoutId"], email);
  if (checkout === undefined) return problem(404, "No open checkout matches.");
  const closed = whyClosed(checkout, shop.clock());
  if (closed !== null) return problem(409, `This checkout is ${closed}.`);
  const buyer = { email: email === "" ? checkout.email : email, name: checkout.name };
  if (!buyer.email.includes("@")) return problem(422, "The checkout has no e-mail: name one.");
  const { order, subscription, invoice, customer } = await payCheckout(shop, checkout, buyer);
  return json(201, {
    checkoutId: checkout.id,
    orderId: String(order.id),
    subscriptionId: String(subscription.id),
    invoiceId: String(invoice.id),
    customerId: String(customer.id),
  });
};

/** The remote control: what a buyer, a bank or bad weather would do. For the command line and tests. */
export const emulatorRoutes = (shop: Shop): Route[] => [
  ["POST", "/emulator/pay", (call) => pay(shop, call)],
  [
    "POST",
    "/emulator/subscriptions/:id/:action",
    async ({ params }) => {
      const row = shop.state.get("subscriptions", Number(params["id"]));
      const action = ACTIONS.find((known) => known === params["action"]);
      if (row === undefined) return problem(404, "No such subscription.");
      if (action === undefined) return problem(404, `An action is one of ${ACTIONS.join(", ")}.`);
      const done = await actOnSubscription(shop, action, row);
      if (!done.ok) return problem(409, done.detail);
      const customer = customerOf(shop, done.value);
      return json(200, representSubscription(shop.store, done.value, customer, shop.clock()));
    },
  ],
  [
    "GET",
    "/emulator/deliveries",
    () =>
      json(
        200,
        shop.state
          .list("deliveries")
          .toReversed()
          .map(({ id, eventName, webhookId, state, attempts, dueAt, createdAt }) => ({
            id: String(id),
            eventName,
            webhookId,
            state,
            attempts: attempts.map(({ at, outcome }) => ({
              at: new Date(at).toISOString(),
              outcome,
            })),
            nextAttemptAt: state === "pending" ? new Date(dueAt).toISOString() : null,
            createdAt: new Date(createdAt).toISOString(),
          })),
      ),
  ],
  [
    "POST",
    "/emulator/chaos",
    async ({ body }) => {
      const chaos = parseChaos(body.toString(), chaosOf(shop.state));
      if ("problem" in chaos) return problem(422, chaos.problem);
      await shop.state.commit([{ table: "chaos", row: { id: 1, ...chaos } }]);
      return json(200, chaos);
    },
  ],
];

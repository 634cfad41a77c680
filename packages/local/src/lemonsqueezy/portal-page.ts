import { escapeHtml, htmlPage } from "../html.ts";
import type { Call, Reply, Route } from "../http-server.ts";
import { actOnSubscription } from "./act-on-subscription.ts";
import { catalogEntry } from "./catalog.ts";
import { dollars, formatted } from "./json-api.ts";
import { isPossible } from "./lifecycle.ts";
import { notice, STYLE_LINK } from "./page.ts";
import type { Customer, Subscription } from "./records.ts";
import { portalPath } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";
import { linkIsValid } from "./signature.ts";

const day = (ms: number): string =>
  new Date(ms).toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });

/** What a customer can do here, in the order they are offered. */
const BUTTONS = [
  ["recover", "Pay now", "primary"],
  ["resume", "Resume", "primary"],
  ["unpause", "Go on", "primary"],
  ["cancel", "Cancel", "plain"],
] as const;

const whatNext = ({ status, endsAt, renewsAt, pause }: Subscription): string => {
  switch (status) {
    case "expired":
      return `Ended on ${day(endsAt ?? renewsAt)}`;
    case "cancelled":
      return `Ends on ${day(endsAt ?? renewsAt)}`;
    case "paused": {
      const until = pause?.resumesAt ?? null;
      return until === null ? "Not renewing while paused" : `Paused until ${day(until)}`;
    }
    case "on_trial":
      return `Free until ${day(renewsAt)}`;
    case "past_due":
      return "The last payment failed; it is tried again";
    case "unpaid":
      return "The last payment failed";
    case "active":
      return `Renews on ${day(renewsAt)}`;
  }
};

const buttons = (row: Subscription, query: string): string =>
  BUTTONS.filter(([action]) => isPossible(action, row.status))
    .map(
      ([action, label, look]) =>
        `<form method="post" action="${portalPath(row.customerId)}/${row.id}/${action}${escapeHtml(query)}">
        <button class="${look}" type="submit" aria-label="${label}: ${escapeHtml(catalogEntry(row.tier).name)}">${label}</button>
      </form>`,
    )
    .join("\n      ");

const item = (row: Subscription, query: string): string => {
  const { name, monthlyCents } = catalogEntry(row.tier);
  const seats = row.quantity === 1 ? "" : ` · ${row.quantity} seats`;
  return `<li>
      <div>
        <h2>${escapeHtml(name)}<span class="badge ${row.status}">${formatted(row.status)}</span></h2>
        <p>${dollars(monthlyCents * row.quantity)} per month${seats} · ${whatNext(row)}</p>
      </div>
      ${buttons(row, query)}
    </li>`;
};

const show = (shop: Shop, customer: Customer, query: string): Reply => {
  const items = shop.state
    .list("subscriptions")
    .filter(({ customerId }) => customerId === customer.id)
    .toReversed()
    .map((row) => item(row, query));
  const body = `<body>
<main class="portal">
  <header>
    <h1>Subscriptions</h1>
    <p>${escapeHtml(customer.email)}</p>
  </header>
  <ul>
    ${items.join("\n    ")}
  </ul>
</main>
</body>`;
  return htmlPage("Subscriptions", STYLE_LINK, body);
};

const STALE = notice(
  403,
  "This link has expired",
  "Portal links work for six hours. Ask the app for a fresh one.",
);
const UNKNOWN = notice(404, "No such customer", "The link may be from another mesh.");

/** The customer portal. Only a link that was signed here and is younger than six hours opens it. */
export const portalRoutes = (shop: Shop): Route[] => {
  const enter = (answer: (customer: Customer, call: Call) => Reply | Promise<Reply>) => {
    return (call: Call): Reply | Promise<Reply> => {
      const customer = shop.state.get("customers", Number(call.params["customer"]));
      if (customer === undefined) return UNKNOWN;
      const path = portalPath(customer.id);
      const valid = linkIsValid(shop.store.linkSecret, call.url, path, shop.clock());
      return valid ? answer(customer, call) : STALE;
    };
  };
  const change = async (customer: Customer, call: Call): Promise<Reply> => {
    const row = shop.state.get("subscriptions", Number(call.params["subscription"]));
    const action = BUTTONS.find(([one]) => one === call.params["action"])?.[0];
    if (row === undefined || row.customerId !== customer.id || action === undefined) return UNKNOWN;
    // A page that was open too long may offer what is no longer possible; showing it anew says so.
    await actOnSubscription(shop, action, row);
    return { status: 303, headers: { Location: portalPath(customer.id) + call.url.search } };
  };
  return [
    ["GET", "/portal/:customer", enter((customer, { url }) => show(shop, customer, url.search))],
    ["POST", "/portal/:customer/:subscription/:action", enter(change)],
  ];
};

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

const nextDate = ({ status, endsAt, renewsAt }: Subscription): string => {
  if (status === "expired") return `Ended on ${day(endsAt ?? renewsAt)}`;
  if (status === "cancelled") return `Ends on ${day(endsAt ?? renewsAt)}`;
  if (status === "paused") return "Not renewing while paused";
  return `Renews on ${day(renewsAt)}`;
};

const button = (row: Subscription, query: string): string => {
  const action = (["cancel", "resume"] as const).find((one) => isPossible(one, row.status));
  if (action === undefined) return "";
  const name = escapeHtml(catalogEntry(row.tier).name);
  const [label, look] = action === "cancel" ? ["Cancel", "plain"] : ["Resume", "primary"];
  return `<form method="post" action="${portalPath(row.customerId)}/${row.id}/${action}${escapeHtml(query)}">
        <button class="${look}" type="submit" aria-label="${label} ${name}">${label}</button>
      </form>`;
};

const item = (row: Subscription, query: string): string => {
  const { name, monthlyCents } = catalogEntry(row.tier);
  return `<li>
      <div>
        <h2>${escapeHtml(name)}<span class="badge ${row.status}">${formatted(row.status)}</span></h2>
        <p>${dollars(monthlyCents)} per month · ${nextDate(row)}</p>
      </div>
      ${button(row, query)}
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
    const action = (["cancel", "resume"] as const).find((one) => one === call.params["action"]);
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

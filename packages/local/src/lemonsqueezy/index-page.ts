import { asset, escapeHtml, htmlPage } from "../html.ts";
import type { Reply, Route } from "../http-server.ts";
import { BASE_STYLE } from "../page-style.ts";
import { catalogEntry } from "./catalog.ts";
import { COMMANDS } from "./index-commands.ts";
import { INDEX_STYLE } from "./index-style.ts";
import { dollars, formatted } from "./json-api.ts";
import { whyClosed } from "./pay-checkout.ts";
import type { Attempt, Checkout, Delivery, Order, Subscription } from "./records.ts";
import { portalPath } from "./represent-subscription.ts";
import type { Shop } from "./shop.ts";
import { signLink } from "./signature.ts";

const STYLE_LINK = '<link rel="stylesheet" href="/index.css">';

/** A bulk sale makes thousands; the newest are what somebody at this page is looking for. */
const SHOWN = 20;

const moment = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")}</time>`;
};

const badge = (state: string): string =>
  `<span class="badge ${escapeHtml(state)}">${escapeHtml(formatted(state))}</span>`;

type Cells = readonly string[];

/** One part of the page: its newest rows, or one sentence that says how to get some. */
const section = <Row>(
  title: string,
  columns: Cells,
  rows: readonly Row[],
  cells: (row: Row) => Cells,
  empty: string,
): string => {
  const note = rows.length > SHOWN ? `newest ${SHOWN} of ${rows.length}` : String(rows.length);
  const table = `<div class="scroll" role="region" aria-label="${title}" tabindex="0">
    <table>
      <thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead>
      <tbody>
        ${rows
          .slice(-SHOWN)
          .toReversed()
          .map(
            (row) =>
              `<tr>${cells(row)
                .map((cell) => `<td>${cell}</td>`)
                .join("")}</tr>`,
          )
          .join("\n        ")}
      </tbody>
    </table>
  </div>`;
  return `<section>
  <h2>${title} <span>${note}</span></h2>
  ${rows.length === 0 ? `<p class="none">${empty}</p>` : table}
</section>`;
};

const attemptText = ({ outcome }: Attempt): string => escapeHtml(String(outcome));

/** `GET /`: what the emulator holds, and how to drive it. */
const show = (shop: Shop): Reply => {
  const { state, store } = shop;
  const now = shop.clock();
  const emailOf = (customerId: number): string =>
    escapeHtml(state.get("customers", customerId)?.email ?? "");
  const portalLink = (customerId: number): string =>
    `<a href="${escapeHtml(signLink(store.linkSecret, "", portalPath(customerId), now))}">Portal</a>`;
  const checkoutRow = ({ id, tier, email, createdAt }: Checkout): Cells => [
    `<a href="/checkout/${encodeURIComponent(id)}">${escapeHtml(catalogEntry(tier).name)}</a>`,
    escapeHtml(email),
    moment(createdAt),
  ];
  const subscriptionRow = (row: Subscription): Cells => [
    `<code>${row.id}</code>`,
    escapeHtml(catalogEntry(row.tier).name),
    emailOf(row.customerId),
    badge(row.status),
    portalLink(row.customerId),
  ];
  const orderRow = (row: Order): Cells => [
    `<code>${row.id}</code>`,
    escapeHtml(catalogEntry(row.tier).name),
    emailOf(row.customerId),
    dollars(row.total) + (row.refundedAmount > 0 ? `, ${dollars(row.refundedAmount)} back` : ""),
    moment(row.createdAt),
  ];
  const deliveryRow = ({ id, eventName, createdAt }: Delivery): Cells => {
    const progress = state.get("progress", id);
    return [
      `<a href="/emulator/deliveries/${id}">${id}</a>`,
      `<code>${escapeHtml(eventName)}</code>`,
      badge(progress?.state ?? "pending"),
      (progress?.attempts ?? []).map(attemptText).join(", "),
      moment(createdAt),
    ];
  };
  const open = state.list("checkouts").filter((checkout) => whyClosed(checkout, now) === null);
  const body = `<body>
<header class="bar">
  <h1>LemonSqueezy emulator</h1>
  <p>Store ${store.id}</p>
  <a href="/emulator/journal">Journal</a>
</header>
<main>
<p class="lead">Stands in for LemonSqueezy on this machine: its API, its checkout and portal pages, and its webhooks. No money moves. Reload to see what happened since.</p>
${section("Open checkouts", ["Plan", "E-mail", "Made, UTC"], open, checkoutRow, "None. <code>POST /v1/billing/checkout</code> of the mesh opens one.")}
${section("Subscriptions", ["Id", "Plan", "E-mail", "Status", "Page"], state.list("subscriptions"), subscriptionRow, "None yet: pay a checkout.")}
${section("Orders", ["Id", "Plan", "E-mail", "Total", "Made, UTC"], state.list("orders"), orderRow, "None yet.")}
${section("Webhooks", ["Id", "Event", "State", "Answers", "Made, UTC"], state.list("deliveries"), deliveryRow, "None sent yet.")}
<section>
  <h2>Commands</h2>
  <dl class="commands">
    ${COMMANDS.map(([command, does]) => `<div><dt><code>${escapeHtml(command)}</code></dt><dd>${escapeHtml(does)}</dd></div>`).join("\n    ")}
  </dl>
</section>
</main>
</body>`;
  return htmlPage("LemonSqueezy emulator", STYLE_LINK, body);
};

export const indexRoutes = (shop: Shop): Route[] => [
  ["GET", "/", () => show(shop)],
  ["GET", "/index.css", () => asset("text/css", BASE_STYLE + INDEX_STYLE)],
];

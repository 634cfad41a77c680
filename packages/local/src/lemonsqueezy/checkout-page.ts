import { escapeHtml, htmlPage } from "../html.ts";
import type { Call, Reply, Route } from "../http-server.ts";
import { catalogEntry } from "./catalog.ts";
import { dollars } from "./json-api.ts";
import { notice, STYLE_LINK } from "./page.ts";
import { payCheckout, whyClosed } from "./pay-checkout.ts";
import type { Checkout } from "./records.ts";
import type { Shop } from "./shop.ts";

const form = (checkout: Checkout, email: string, error: string | null): Reply => {
  const { name, monthlyCents } = catalogEntry(checkout.tier);
  const price = dollars(monthlyCents);
  const invalid = error === null ? "" : ' aria-invalid="true" aria-describedby="email-error"';
  const complaint =
    error === null ? "" : `<p class="error" id="email-error">${escapeHtml(error)}</p>`;
  const body = `<body>
<main class="checkout">
  <section class="plan" aria-labelledby="plan">
    <p class="store">Luna Store</p>
    <h1 id="plan">${escapeHtml(name)}</h1>
    <p class="price"><strong>${price}</strong> per month</p>
    <dl>
      <div><dt>Subtotal</dt><dd>${price}</dd></div>
      <div><dt>Tax</dt><dd>${dollars(0)}</dd></div>
      <div class="total"><dt>Due today</dt><dd>${price}</dd></div>
    </dl>
  </section>
  <form method="post" action="/checkout/${encodeURIComponent(checkout.id)}">
    <h2>Contact</h2>
    <label for="email">E-mail</label>
    <input id="email" name="email" type="email" autocomplete="email" required value="${escapeHtml(email)}"${invalid}>
    ${complaint}
    <label for="name">Name <span>optional</span></label>
    <input id="name" name="name" autocomplete="name" value="${escapeHtml(checkout.name)}">
    <h2>Card</h2>
    <p class="card"><span>4242 4242 4242 4242</span><span>12 / 34</span></p>
    <button class="primary" type="submit">Pay ${price}</button>
    <p class="note">This is a stand-in for LemonSqueezy: no money moves, and the card is not real.</p>
  </form>
</main>
</body>`;
  const formTarget =
    checkout.redirectUrl === null ? {} : { formTarget: new URL(checkout.redirectUrl).origin };
  const status = error === null ? 200 : 422;
  return htmlPage(`${name} – checkout`, STYLE_LINK, body, { status, ...formTarget });
};

const afterPaying = ({ id, redirectUrl }: Checkout): Reply => ({
  status: 303,
  headers: { Location: redirectUrl ?? `/checkout/${id}/thanks` },
});

const EXPIRED = notice(410, "This checkout has expired", "Start again from the app.");
const UNKNOWN = notice(404, "No such checkout", "The link may be from another mesh.");

const show = (shop: Shop, checkout: Checkout): Reply => {
  const closed = whyClosed(checkout, shop.clock());
  if (closed === "paid") return afterPaying(checkout);
  return closed === "expired" ? EXPIRED : form(checkout, checkout.email, null);
};

const pay = async (shop: Shop, checkout: Checkout, { body }: Call): Promise<Reply> => {
  if (whyClosed(checkout, shop.clock()) !== null) return show(shop, checkout);
  const fields = new URLSearchParams(body.toString());
  const email = fields.get("email")?.trim() ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    return form(checkout, email, "Enter an e-mail address, such as ada@example.com.");
  }
  await payCheckout(shop, checkout, { email, name: fields.get("name")?.trim() ?? "" });
  return afterPaying(checkout);
};

export const checkoutRoutes = (shop: Shop): Route[] => {
  const open = (answer: (checkout: Checkout, call: Call) => Reply | Promise<Reply>) => {
    return (call: Call): Reply | Promise<Reply> => {
      const checkout = shop.state.get("checkouts", call.params["id"] ?? "");
      return checkout === undefined ? UNKNOWN : answer(checkout, call);
    };
  };
  return [
    ["GET", "/checkout/:id", open((checkout) => show(shop, checkout))],
    ["POST", "/checkout/:id", open((checkout, call) => pay(shop, checkout, call))],
    [
      "GET",
      "/checkout/:id/thanks",
      open((checkout) =>
        checkout.orderId === null
          ? { status: 303, headers: { Location: `/checkout/${checkout.id}` } }
          : notice(200, "Thank you", `Order ${checkout.orderId} is paid. You can close this page.`),
      ),
    ],
  ];
};

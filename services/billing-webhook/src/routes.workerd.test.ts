import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  deliver,
  env,
  settled,
  startAfresh,
  users,
} from "./fixtures/mesh.ts";
import { CHECKOUT_URL, providerAnswers, refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);
afterEach(() => vi.unstubAllGlobals());

const ada = callerOf("ada");
const eve = callerOf("eve");
const bought = purchase(1);

const buy = async (userId: string, what: ReturnType<typeof purchase>, customer = 2_300_001) => {
  const custom = { ref: await refFor(userId) };
  const attributes = { customer_id: customer };
  await deliver(what.subscription("subscription_created", { custom, attributes }));
  await settled();
};

describe("POST /v1/billing/checkout", () => {
  it("answers with a page of the provider and keeps who it is for", async () => {
    const asked = providerAnswers(201, { data: { attributes: { url: CHECKOUT_URL } } });
    const answer = await ask("POST", "/v1/billing/checkout", ada, { plan: "pro" });
    expect(answer).toEqual({ status: 201, body: { url: CHECKOUT_URL } });
    expect(asked).toMatchObject([
      {
        method: "POST",
        url: "http://lemon.test/v1/checkouts",
        authorization: "Bearer lemon-api-key-for-tests-0123456789",
        body: {
          data: {
            attributes: {
              checkout_data: { email: "ada@example.test" },
              product_options: { redirect_url: "http://api.test/checkout/return" },
            },
            relationships: { variant: { data: { id: "401002" } } },
          },
        },
      },
    ]);
    const row = await env.DB.prepare("SELECT owner_id, variant_id FROM checkouts").first();
    expect(row).toEqual({ owner_id: "ada", variant_id: "401002" });
  });

  it.each([[500], [429], [422], [301]])(
    "answers 503 when the provider answers %i",
    async (status) => {
      providerAnswers(status, { errors: [{ detail: "ada@example.test" }] });
      const answer = await ask("POST", "/v1/billing/checkout", ada, { plan: "pro" });
      expect([answer.status, answer.body["code"]]).toEqual([503, "unavailable"]);
      expect(JSON.stringify(answer.body)).not.toContain("ada@");
    },
  );

  it.each(["away", "broken"] as const)("answers 503 while users is %s", async (mode) => {
    await users.be(mode);
    const answer = await ask("POST", "/v1/billing/checkout", ada, { plan: "pro" });
    expect([answer.status, answer.body["code"]]).toEqual([503, "unavailable"]);
  });

  it.each([[{ plan: "free" }], [{ plan: "pro", userId: "eve" }], [{}]])(
    "refuses %j and writes nothing",
    async (body) => {
      const answer = await ask("POST", "/v1/billing/checkout", ada, body);
      expect([answer.status, await count("checkouts")]).toEqual([422, 0]);
    },
  );
});

describe("GET /v1/billing/subscription", () => {
  it("shows the caller's own and nobody else's", async () => {
    await buy("ada", bought);
    const own = await ask("GET", "/v1/billing/subscription", ada);
    expect(own.body).toEqual({
      id: bought.subscriptionId,
      plan: "pro",
      status: "active",
      pause: null,
      trialEndsAt: null,
      renewsAt: new Date(PURCHASE + 30 * 24 * 3_600 * SECOND).toISOString(),
      endsAt: null,
    });
    const other = await ask("GET", "/v1/billing/subscription", eve);
    expect(other).toMatchObject({ status: 200, body: { id: null, status: "none" } });
  });
});

describe("GET /v1/billing/invoices", () => {
  it("pages through the caller's own, newest first", async () => {
    await buy("ada", bought);
    for (const month of [0, 1, 2]) {
      const id = String(4_500_100 + month);
      const event = bought.invoice("subscription_payment_success", {
        attributes: { created_at: new Date(PURCHASE + month * SECOND).toISOString() },
      });
      await deliver({ ...event, body: event.body.replaceAll(bought.invoiceId, id) });
    }
    await settled();
    const first = await ask("GET", "/v1/billing/invoices?limit=2", ada);
    expect(first.body["items"]).toMatchObject([{ id: "4500102" }, { id: "4500101" }]);
    const cursor = String(first.body["nextCursor"]);
    const rest = await ask("GET", `/v1/billing/invoices?limit=2&cursor=${cursor}`, ada);
    expect(rest.body).toMatchObject({
      items: [{ id: "4500100", total: 4_900, currency: "USD", status: "paid" }],
      nextCursor: null,
    });
    expect((await ask("GET", "/v1/billing/invoices", eve)).body["items"]).toEqual([]);
  });

  it("refuses a cursor that is not ours", async () => {
    expect((await ask("GET", "/v1/billing/invoices?cursor=YWJj", ada)).status).toBe(422);
  });
});

describe("POST /v1/billing/portal", () => {
  const urls = {
    customer_portal: "https://luna.lemonsqueezy.test/billing?expires=1",
    update_payment_method: "https://luna.lemonsqueezy.test/subscription/1?expires=1",
  };
  const links = { data: { attributes: { urls } } };

  it("answers with a link that is fetched anew each time", async () => {
    await buy("ada", bought);
    const asked = providerAnswers(200, links);
    const answer = await ask("POST", "/v1/billing/portal", ada);
    expect(answer).toEqual({ status: 200, body: { url: urls.customer_portal } });
    await ask("POST", "/v1/billing/portal", ada);
    expect(asked.map(({ url }) => url)).toEqual([
      `http://lemon.test/v1/subscriptions/${bought.subscriptionId}`,
      `http://lemon.test/v1/subscriptions/${bought.subscriptionId}`,
    ]);
  });

  it("shows no portal of a customer who is somebody else's too", async () => {
    await buy("ada", bought);
    await buy("eve", purchase(2));
    providerAnswers(200, links);
    const answer = await ask("POST", "/v1/billing/portal", eve);
    expect(answer.body).toEqual({ url: urls.update_payment_method });
  });

  it("answers 409 to who never bought, and 503 while the provider is away", async () => {
    expect((await ask("POST", "/v1/billing/portal", eve)).status).toBe(409);
    await buy("ada", bought);
    providerAnswers(502, {});
    expect((await ask("POST", "/v1/billing/portal", ada)).status).toBe(503);
  });
});

describe("GET /v1/billing/plans", () => {
  it("lists the four plans, cheapest first", async () => {
    const { status, body } = await ask("GET", "/v1/billing/plans", ada);
    expect(status).toBe(200);
    expect(body["items"]).toMatchObject([
      { tier: "free", monthlyCents: 0 },
      { tier: "starter" },
      { tier: "pro", userRequestsPerHour: 5_000 },
      { tier: "enterprise" },
    ]);
  });
});

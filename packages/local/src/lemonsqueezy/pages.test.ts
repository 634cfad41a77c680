import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { signLink } from "./signature.ts";
import { API_KEY, startTestEmulator, type TestEmulator } from "./test-emulator.ts";

let emulator: TestEmulator;
beforeEach(async () => {
  emulator = await startTestEmulator();
});
afterEach(() => emulator.stop());

const pay = (path: string, fields: Record<string, string>) =>
  emulator.call(path, { method: "POST", body: new URLSearchParams(fields) });
const portalOf = async (customerId: string | undefined): Promise<URL> => {
  const answer = await emulator.api(`/v1/customers/${customerId}`);
  const { data } = (await answer.json()) as {
    data: { attributes: { urls: { customer_portal: string } } };
  };
  return new URL(data.attributes.urls.customer_portal);
};

describe("checkout page", () => {
  it("shows plan, price and address, escaped", async () => {
    const path = await emulator.checkoutPath({ email: '"><script>@luna.test' });
    const html = await (await emulator.call(path)).text();
    expect(html).toContain("Pro");
    expect(html).toContain("$49.00");
    expect(html).toContain("&quot;&gt;&lt;script&gt;@luna.test");
  });

  it("takes the payment and goes where the checkout says", async () => {
    const path = await emulator.checkoutPath({ redirectUrl: "http://127.0.0.1:1/done" });
    const policy = (await emulator.call(path)).headers.get("Content-Security-Policy");
    // Browsers hold a redirect after a form to form-action too.
    expect(policy).toContain("form-action 'self' http://127.0.0.1:1;");
    const paid = await pay(path, { email: "ada@luna.test" });
    expect([paid.status, paid.headers.get("Location")]).toEqual([303, "http://127.0.0.1:1/done"]);
    await vi.waitFor(() => expect(emulator.receiver.names()).toContain("subscription_created"), {
      timeout: 20_000,
    });
  });

  it("thanks when the checkout names no place to go", async () => {
    const path = await emulator.checkoutPath();
    const location = (await pay(path, { email: "ada@luna.test" })).headers.get("Location") ?? "";
    expect(await (await emulator.call(location)).text()).toContain("Thank you");
  });

  it("charges once however often the button is pressed", async () => {
    const path = await emulator.checkoutPath();
    await pay(path, { email: "ada@luna.test" });
    expect((await pay(path, { email: "ada@luna.test" })).status).toBe(303);
    const orders = (await (await emulator.api("/v1/orders")).json()) as { data: unknown[] };
    expect(orders.data).toHaveLength(1);
  });

  it("asks again for an address that is none", async () => {
    const path = await emulator.checkoutPath();
    const answer = await pay(path, { email: "nobody" });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('aria-describedby="email-error"');
  });

  it("is gone when expired, and not there when unknown", async () => {
    const path = await emulator.checkoutPath({ expiresAt: "2020-01-01T00:00:00Z" });
    expect((await emulator.call(path)).status).toBe(410);
    expect((await pay(path, { email: "ada@luna.test" })).status).toBe(410);
    expect((await emulator.call("/checkout/none")).status).toBe(404);
  });
});

describe("portal page", () => {
  it("lists the subscriptions, cancels and resumes", async () => {
    const { customerId, subscriptionId } = await emulator.buy();
    const { pathname, search } = await portalOf(customerId);
    const html = async () => (await emulator.call(pathname + search)).text();
    expect(await html()).toContain("Cancel: Pro");
    const cancel = `${pathname}/${subscriptionId}/cancel${search}`;
    expect((await emulator.call(cancel, { method: "POST" })).status).toBe(303);
    expect(await html()).toContain("Resume: Pro");
  });

  it.each([
    [["fail"], "Past due", "Pay now"],
    [["fail", "recover"], "Active", "Renews on"],
    [["pause"], "Paused", "Go on"],
    [["expire"], "Expired", "Ended on"],
    [["cancel"], "Cancelled", "Ends on"],
  ])("shows what a subscription is after %j", async (actions, status, text) => {
    const { customerId, subscriptionId } = await emulator.buy();
    for (const action of actions)
      await emulator.post(`/emulator/subscriptions/${subscriptionId}/${action}`);
    const { pathname, search } = await portalOf(customerId);
    const html = await (await emulator.call(pathname + search)).text();
    expect(html).toContain(`>${status}</span>`);
    expect(html).toContain(text);
  });

  it("shows a trial's end and the price of all seats", async () => {
    await emulator.checkout();
    const paid = await emulator.post("/emulator/pay", { trialDays: 14, quantity: 3 });
    const { customerId } = (await paid.json()) as Record<string, string>;
    const { pathname, search } = await portalOf(customerId);
    const html = await (await emulator.call(pathname + search)).text();
    expect(html).toContain("On trial");
    expect(html).toContain("$147.00 per month · 3 seats · Free until");
  });

  it("takes the payment that failed", async () => {
    const { customerId, subscriptionId } = await emulator.buy();
    await emulator.post(`/emulator/subscriptions/${subscriptionId}/fail`);
    const { pathname, search } = await portalOf(customerId);
    await emulator.call(`${pathname}/${subscriptionId}/recover${search}`, { method: "POST" });
    expect(await (await emulator.call(pathname + search)).text()).toContain("Renews on");
  });

  it("stays shut to a link that was not signed for it", async () => {
    const { customerId } = await emulator.buy();
    expect((await emulator.call(`/portal/${customerId}`)).status).toBe(403);
  });

  it("stays shut to a link that has expired", async () => {
    const { customerId } = await emulator.buy();
    const { pathname } = await portalOf(customerId);
    const past = signLink(API_KEY, "http://portal.test", pathname, Date.UTC(2020, 0, 1));
    expect((await emulator.call(pathname + new URL(past).search)).status).toBe(403);
  });

  it("lets a customer cancel only what is theirs", async () => {
    const ada = await emulator.buy({ email: "ada@luna.test" });
    const grace = await emulator.buy({ email: "grace@luna.test" });
    const { pathname, search } = await portalOf(ada["customerId"]);
    const theirs = `${pathname}/${grace["subscriptionId"]}/cancel${search}`;
    expect((await emulator.call(theirs, { method: "POST" })).status).toBe(404);
  });
});

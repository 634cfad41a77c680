import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startTestEmulator, type TestEmulator } from "./test-emulator.ts";
import { startLemonSqueezy } from "./start.ts";

interface Page {
  meta: { page: Record<string, number> };
  links: Record<string, string>;
  data: { id: string; attributes: Record<string, unknown> }[];
}

let emulator: TestEmulator;
beforeEach(async () => {
  emulator = await startTestEmulator();
});
afterEach(() => emulator.stop());

const page = async (path: string): Promise<Page> =>
  (await (await emulator.api(path)).json()) as Page;
const subscription = async (id: string | undefined) => {
  const answer = await emulator.api(`/v1/subscriptions/${id}`);
  return ((await answer.json()) as { data: Page["data"][0] }).data.attributes;
};
const patch = (id: string | undefined, attributes: unknown) =>
  emulator.api(`/v1/subscriptions/${id}`, {
    method: "PATCH",
    body: JSON.stringify({ data: { type: "subscriptions", id, attributes } }),
  });

describe("api", () => {
  it("answers 401 without the key", async () => {
    expect((await emulator.call("/v1/subscriptions")).status).toBe(401);
    const headers = { Authorization: "Bearer wrong" };
    expect((await emulator.call("/v1/subscriptions", { headers })).status).toBe(401);
  });

  it("gives people links by the name that they know this machine by", async () => {
    const made = (await (await emulator.checkout()).json()) as { data: Page["data"][0] };
    const { customerId } = await emulator.buy();
    const { data: customer } = (await (
      await emulator.api(`/v1/customers/${customerId}`)
    ).json()) as {
      data: { attributes: { urls: { customer_portal: string } } };
    };
    for (const link of [made.data.attributes["url"], customer.attributes.urls.customer_portal])
      expect(new URL(String(link)).hostname).toBe("localhost");
  });

  it("speaks JSON:API and says how many calls are left", async () => {
    const { headers } = await emulator.api("/v1/subscriptions");
    expect(headers.get("Content-Type")).toBe("application/vnd.api+json");
    expect(headers.get("X-Ratelimit-Limit")).toBe("300");
    expect(headers.get("X-Ratelimit-Remaining")).toBe("299");
  });

  it("answers 429 to the 301st call of a minute", async () => {
    const statuses = [];
    for (let calls = 0; calls < 301; calls += 1) {
      statuses.push((await emulator.api("/v1/variants")).status);
    }
    expect(statuses.indexOf(429)).toBe(300);
    expect((await emulator.api("/v1/variants")).headers.get("Retry-After")).toMatch(/^\d+$/);
  });

  it("can be held to fewer calls, and tells how many there were", async () => {
    await emulator.post("/emulator/limit", { callsPerMinute: 2 });
    const calls = [];
    for (let call = 0; call < 3; call += 1) calls.push(await emulator.api("/v1/variants"));
    expect(calls.map((answer) => answer.status)).toEqual([200, 200, 429]);
    expect(calls[0]?.headers.get("X-Ratelimit-Limit")).toBe("2");
    const told = await (await emulator.call("/emulator/journal")).json();
    expect(told).toMatchObject({ api: { calls: 3, busiestMinute: 3 } });
    expect((await emulator.post("/emulator/limit")).status).toBe(422);
  });

  it("can be down or have enough, as often as asked for", async () => {
    const statuses = [];
    for (const [mode, rate] of [
      ["503", 1],
      ["429", 1],
      ["503", 0],
      ["none", 1],
    ] as const) {
      await emulator.post("/emulator/faults", { mode, rate });
      statuses.push((await emulator.api("/v1/variants")).status);
    }
    expect(statuses).toEqual([503, 429, 200, 200]);
    expect((await emulator.post("/emulator/faults", { mode: "rain" })).status).toBe(422);
  });

  it("can take longer than a client waits", async () => {
    const slow = await startTestEmulator(undefined, { slowMs: 60_000 });
    await slow.post("/emulator/faults", { mode: "slow" });
    const signal = AbortSignal.timeout(100);
    await expect(slow.api("/v1/variants", { signal })).rejects.toThrow("aborted");
    await slow.stop();
  });

  it.each([
    ["an unknown variant", { variant: "1" }],
    ["an unknown store", { store: "1" }],
    ["a redirect that is not a web address", { redirectUrl: "javascript:alert(1)" }],
    ["an expiry that is no date", { expiresAt: "soon" }],
  ])("refuses a checkout with %s", async (_what, wish) => {
    expect((await emulator.checkout(wish)).status).toBe(422);
  });

  it("refuses a body of another media type", async () => {
    const init = { method: "POST", body: "{}", headers: { Authorization: "Bearer test-api-key" } };
    expect((await emulator.call("/v1/checkouts", init)).status).toBe(415);
  });

  it("walks the pages newest first", async () => {
    for (const email of ["a@luna.test", "b@luna.test", "c@luna.test"])
      await emulator.buy({ email });
    const first = await page("/v1/subscriptions?page[size]=2");
    expect(first.meta.page).toMatchObject({ currentPage: 1, lastPage: 2, perPage: 2, total: 3 });
    expect(first.data.map(({ attributes }) => attributes["user_email"])).toEqual([
      "c@luna.test",
      "b@luna.test",
    ]);
    const next = new URL(first.links["next"] ?? "");
    const second = await page(next.pathname + next.search);
    expect(second.data).toHaveLength(1);
    expect(second.links["next"]).toBeUndefined();
  });

  it("puts what a trace told of where its date belongs", async () => {
    const bought = await emulator.buy({ email: "a@luna.test" });
    expect((await emulator.post("/emulator/traces/plain-purchase")).status).toBe(201);
    const { data } = await page("/v1/subscriptions");
    expect(data.map(({ id }) => id).indexOf(bought["subscriptionId"] ?? "")).toBe(0);
    expect(data).toHaveLength(2);
  });

  it("filters by address and status, and refuses a filter it does not know", async () => {
    const { subscriptionId } = await emulator.buy({ email: "a@luna.test" });
    await emulator.buy({ email: "b@luna.test" });
    const found = await page(
      "/v1/subscriptions?filter[user_email]=a@luna.test&filter[status]=active",
    );
    expect(found.data.map(({ id }) => id)).toEqual([subscriptionId]);
    expect((await emulator.api("/v1/subscriptions?filter[updated_since]=1")).status).toBe(400);
  });

  it("lists at most a hundred to a page, and ten unless asked", async () => {
    await emulator.post("/emulator/bulk", { purchases: 101, perSecond: 10_000 });
    const sizes = await Promise.all(
      ["", "?page[size]=1000", "?page[size]=100&page[number]=2"].map(
        async (query) => (await page(`/v1/subscriptions${query}`)).data.length,
      ),
    );
    expect(sizes).toEqual([10, 100, 1]);
  });

  it("lists orders, invoices, licence keys and customers by the provider's filters", async () => {
    await emulator.checkout();
    await emulator.post("/emulator/pay", { licenseKey: true });
    const { orderId, subscriptionId } = await emulator.buy({ email: "b@luna.test" });
    const found = async (path: string) => (await page(path)).data.length;
    expect(await found("/v1/orders?filter[user_email]=b@luna.test")).toBe(1);
    expect(await found(`/v1/subscriptions?filter[order_id]=${orderId}`)).toBe(1);
    const ofSubscription = `filter[subscription_id]=${subscriptionId}`;
    expect(await found(`/v1/subscription-invoices?${ofSubscription}`)).toBe(1);
    expect(await found("/v1/license-keys?filter[status]=inactive")).toBe(1);
    expect(await found("/v1/customers?filter[email]=b@luna.test")).toBe(1);
    expect(await found("/v1/customers?filter[store_id]=77")).toBe(2);
    expect(await found("/v1/customers?filter[store_id]=78")).toBe(0);
  });

  it("shows custom data in no object it returns", async () => {
    const { orderId, customerId } = await emulator.buy();
    const paths = [
      "/v1/subscriptions",
      "/v1/subscription-invoices",
      "/v1/orders",
      `/v1/orders/${orderId}`,
      "/v1/license-keys",
      "/v1/customers",
      `/v1/customers/${customerId}`,
    ];
    for (const path of paths) {
      const response = await emulator.api(path);
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.not.stringContaining("a/b"),
      ]);
    }
  });

  it("changes the plan, cancels and resumes", async () => {
    const { subscriptionId } = await emulator.buy();
    expect((await patch(subscriptionId, { variant_id: 401003 })).status).toBe(200);
    expect(await subscription(subscriptionId)).toMatchObject({ variant_id: 401003 });
    await emulator.api(`/v1/subscriptions/${subscriptionId}`, { method: "DELETE" });
    expect(await subscription(subscriptionId)).toMatchObject({
      status: "cancelled",
      cancelled: true,
    });
    await patch(subscriptionId, { cancelled: false });
    expect(await subscription(subscriptionId)).toMatchObject({ status: "active", ends_at: null });
  });

  it("knows everything again after a restart", async () => {
    const { subscriptionId } = await emulator.buy();
    const before = await subscription(subscriptionId);
    await emulator.restart();
    const { urls: _before, ...rest } = before;
    expect(await subscription(subscriptionId)).toMatchObject(rest);
    const again = await emulator.buy({ email: "b@luna.test" });
    expect(Number(again["subscriptionId"])).toBe(Number(subscriptionId) + 1);
  });

  it.each(["subscriptions", "orders", "subscription-invoices", "license-keys", "customers"])(
    "answers 404 in the provider's error shape where there are no such %s",
    async (kind) => {
      for (const id of ["1", "x", "1e3", "%20"]) {
        const missing = await emulator.api(`/v1/${kind}/${id}`);
        expect(missing.status).toBe(404);
        expect(missing.headers.get("Content-Type")).toBe("application/vnd.api+json");
        expect(await missing.json()).toMatchObject({ errors: [{ status: "404" }] });
      }
    },
  );

  it("answers 405 to a method it does not have", async () => {
    expect((await emulator.api("/v1/orders", { method: "POST" })).status).toBe(405);
  });

  it("rejects a port in use with one line that names it", async () => {
    const { port } = new URL((await page("/v1/subscriptions")).links["first"] ?? "");
    const file = `${emulator.options.file}.other`;
    await expect(
      startLemonSqueezy({ ...emulator.options, file, port: Number(port) }),
    ).rejects.toThrow(`Port ${port} for the LemonSqueezy emulator is already in use.`);
  });
});

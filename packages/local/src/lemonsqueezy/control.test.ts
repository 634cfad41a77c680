import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startTestEmulator, type TestEmulator } from "./test-emulator.ts";

let emulator: TestEmulator;
beforeEach(async () => {
  emulator = await startTestEmulator();
});
afterEach(() => emulator.stop());

const object = async (path: string): Promise<Record<string, unknown>> => {
  const { data } = (await (await emulator.api(path)).json()) as {
    data: { attributes: Record<string, unknown> };
  };
  return data.attributes;
};
/** Pays a new checkout on these terms; forgets the webhooks of the purchase once they are here. */
const bought = async (terms: Record<string, unknown> = {}, events = 4) => {
  await emulator.checkout();
  const paid = await emulator.post("/emulator/pay", terms);
  expect(paid.status).toBe(201);
  await arrived(events);
  const names = emulator.receiver.names().toSorted();
  emulator.receiver.received.splice(0);
  const ids = (await paid.json()) as Partial<Record<string, string>>;
  const { subscriptionId, orderId, invoiceId, licenseKeyId, customerId } = ids;
  return { subscriptionId, orderId, invoiceId, licenseKeyId, customerId, names };
};
const arrived = (count: number) =>
  vi.waitFor(() => expect(emulator.receiver.received.length).toBeGreaterThanOrEqual(count), {
    timeout: 20_000,
  });
const act = (id: string | undefined, action: string, how: Record<string, unknown> = {}) =>
  emulator.post(`/emulator/subscriptions/${id}/${action}`, how);

describe("paying by remote control", () => {
  it("pays the newest open checkout of an address", async () => {
    await emulator.checkout({ email: "ada@luna.test", variant: "401001" });
    const newest = await emulator.checkoutPath({ email: "ada@luna.test", variant: "401003" });
    await emulator.checkout({ email: "grace@luna.test" });
    const paid = await emulator.post("/emulator/pay", { email: "ADA@luna.test" });
    expect(paid.status).toBe(201);
    expect(newest).toContain(((await paid.json()) as { checkoutId: string }).checkoutId);
  });

  it("starts a trial with no item, no invoice and an order of nothing", async () => {
    const { subscriptionId, orderId, invoiceId, names } = await bought({ trialDays: 14 }, 3);
    expect(names).toEqual(["order_created", "subscription_created", "subscription_updated"]);
    expect(invoiceId).toBeUndefined();
    const trial = await object(`/v1/subscriptions/${subscriptionId}`);
    expect(trial).toMatchObject({ status: "on_trial", first_subscription_item: null });
    expect(trial["trial_ends_at"]).toBe(trial["renews_at"]);
    expect(await object(`/v1/orders/${orderId}`)).toMatchObject({ total: 0 });
    await act(subscriptionId, "renew");
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject({
      status: "active",
      first_subscription_item: { quantity: 1 },
    });
  });

  it("tells no payment of PayPal, neither of the purchase nor of a renewal", async () => {
    const { subscriptionId, names } = await bought({ processor: "paypal" }, 3);
    expect(names).not.toContain("subscription_payment_success");
    await act(subscriptionId, "renew");
    await act(subscriptionId, "cancel");
    await arrived(3);
    expect(emulator.receiver.names()).not.toContain("subscription_payment_success");
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject({
      payment_processor: "paypal",
      card_brand: null,
    });
  });

  it("sells seats and licence keys", async () => {
    const { subscriptionId, invoiceId, licenseKeyId, names } = await bought(
      { quantity: 3, licenseKey: true },
      5,
    );
    expect(names).toContain("license_key_created");
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject({
      first_subscription_item: { quantity: 3 },
    });
    expect(await object(`/v1/subscription-invoices/${invoiceId}`)).toMatchObject({ total: 14_700 });
    expect(await object(`/v1/license-keys/${licenseKeyId}`)).toMatchObject({ status: "inactive" });
  });
});

describe("what happens to a subscription", () => {
  it.each([
    ["renew", ["subscription_payment_success", "subscription_updated"], { status: "active" }],
    ["fail", ["subscription_payment_failed", "subscription_updated"], { status: "past_due" }],
    ["pause", ["subscription_paused", "subscription_updated"], { pause: { mode: "void" } }],
    ["cancel", ["subscription_cancelled", "subscription_updated"], { cancelled: true }],
    ["expire", ["subscription_expired", "subscription_updated"], { status: "expired" }],
    ["key", ["license_key_created"], { status: "active" }],
  ])("%s sends %j and shows in the API", async (action, names, shown) => {
    const { subscriptionId } = await bought();
    expect((await act(subscriptionId, action)).status).toBe(200);
    await arrived(names.length);
    expect(emulator.receiver.names().toSorted()).toEqual(names);
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject(shown);
  });

  it("recovers from failed charges by paying the same invoice", async () => {
    const { subscriptionId } = await bought();
    for (let charge = 0; charge < 4; charge += 1) await act(subscriptionId, "fail");
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject({ status: "unpaid" });
    await act(subscriptionId, "recover");
    await arrived(11);
    const invoices = emulator.receiver.received
      .map(({ event }) => event)
      .filter(({ data }) => data.type === "subscription-invoices");
    expect(new Set(invoices.map(({ data }) => data.id)).size).toBe(1);
    expect(invoices.map(({ meta }) => meta.event_name).toSorted()).toEqual([
      ...Array<string>(4).fill("subscription_payment_failed"),
      "subscription_payment_recovered",
      "subscription_payment_success",
    ]);
  });

  it("pauses for free until a day, and goes on", async () => {
    const { subscriptionId } = await bought();
    await act(subscriptionId, "pause", { mode: "free", resumesAt: "2027-01-01T00:00:00Z" });
    expect(await object(`/v1/subscriptions/${subscriptionId}`)).toMatchObject({
      status: "paused",
      pause: { mode: "free", resumes_at: "2027-01-01T00:00:00.000000Z" },
    });
    expect((await act(subscriptionId, "unpause")).status).toBe(200);
  });

  it("changes the plan by two names, and charges the difference only when asked to", async () => {
    const { subscriptionId } = await bought();
    await act(subscriptionId, "plan", { tier: "enterprise", invoiceNow: true });
    await arrived(3);
    expect(emulator.receiver.names().toSorted()).toEqual([
      "subscription_payment_success",
      "subscription_plan_changed",
      "subscription_updated",
    ]);
    const invoices = await emulator.api(
      `/v1/subscription-invoices?filter[subscription_id]=${subscriptionId}`,
    );
    const { data } = (await invoices.json()) as { data: { attributes: unknown }[] };
    expect(data[0]?.attributes).toMatchObject({ billing_reason: "updated", total: 25_000 });
    await act(subscriptionId, "plan", { tier: "starter", invoiceNow: true });
    await arrived(5);
    expect(emulator.receiver.received).toHaveLength(5);
  });

  it("changes seats without touching updated_at", async () => {
    const { subscriptionId } = await bought();
    const before = await object(`/v1/subscriptions/${subscriptionId}`);
    await act(subscriptionId, "seats", { quantity: 7 });
    await arrived(1);
    const { attributes } = emulator.receiver.received[0]?.event.data ?? { attributes: {} };
    expect(attributes).toMatchObject({
      updated_at: before["updated_at"],
      first_subscription_item: { quantity: 7 },
    });
  });

  it("refunds a part and then the rest of the first payment with its order", async () => {
    const { subscriptionId, orderId, invoiceId } = await bought();
    await act(subscriptionId, "refund", { amount: 1_000 });
    await arrived(2);
    expect(emulator.receiver.names().toSorted()).toEqual([
      "order_refunded",
      "subscription_payment_refunded",
    ]);
    expect(await object(`/v1/orders/${orderId}`)).toMatchObject({
      status: "partial_refund",
      refunded: false,
      refunded_amount: 1_000,
    });
    expect(await object(`/v1/subscription-invoices/${invoiceId}`)).toMatchObject({
      status: "partial_refund",
      refunded: false,
    });
    expect((await act(subscriptionId, "refund", { amount: 4_000 })).status).toBe(409);
    await act(subscriptionId, "refund");
    expect(await object(`/v1/subscription-invoices/${invoiceId}`)).toMatchObject({
      status: "refunded",
      refunded: true,
      refunded_amount: 4_900,
    });
    expect((await act(subscriptionId, "refund")).status).toBe(409);
  });

  it("activates and disables the licence key of an order", async () => {
    const { subscriptionId, licenseKeyId } = await bought({ licenseKey: true }, 5);
    await act(subscriptionId, "key");
    await act(subscriptionId, "key", { keyStatus: "disabled" });
    await arrived(2);
    expect(emulator.receiver.names()).toEqual(["license_key_updated", "license_key_updated"]);
    expect(await object(`/v1/license-keys/${licenseKeyId}`)).toMatchObject({
      status: "disabled",
      instances_count: 1,
    });
  });

  it("tells a changed address by an event that is documented nowhere", async () => {
    const { customerId } = await bought();
    const attributes = { email: "new@luna.test" };
    const body = JSON.stringify({ data: { type: "customers", id: customerId, attributes } });
    await emulator.api(`/v1/customers/${customerId}`, { method: "PATCH", body });
    await arrived(1);
    expect(emulator.receiver.names()).toEqual(["customer_updated"]);
    expect(await object(`/v1/customers/${customerId}`)).toMatchObject(attributes);
  });

  it("says what it cannot do", async () => {
    expect((await emulator.post("/emulator/pay", { email: "nobody@luna.test" })).status).toBe(404);
    const { checkoutId, subscriptionId } = await emulator.buy();
    expect((await emulator.post("/emulator/pay", { checkoutId })).status).toBe(409);
    const statuses = await Promise.all([
      act(subscriptionId, "resume"),
      act(subscriptionId, "explode"),
      act("7", "cancel"),
      act(subscriptionId, "plan"),
      act(subscriptionId, "plan", { tier: "free" }),
      act(subscriptionId, "seats", { quantity: 0 }),
      act(subscriptionId, "pause", { until: "noon" }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([409, 404, 404, 422, 422, 422, 422]);
  });
});

describe("many at once", () => {
  it("sells to many buyers at a rate, each with states that can be told apart", async () => {
    const made = await emulator.post("/emulator/bulk", {
      purchases: 5,
      perSecond: 500,
      refs: ["one", "two"],
      actions: ["fail", "recover"],
    });
    expect(made.status).toBe(201);
    const { deliveries, subscriptionIds } = (await made.json()) as {
      deliveries: number;
      subscriptionIds: string[];
    };
    expect([deliveries, new Set(subscriptionIds).size]).toEqual([45, 5]);
    await arrived(45);
    const refs = emulator.receiver.received.map(({ event }) => event.meta.custom_data);
    expect(new Set(refs.map((custom) => JSON.stringify(custom)))).toEqual(
      new Set(['{"ref":"one"}', '{"ref":"two"}']),
    );
    const stamps = emulator.receiver.received
      .map(({ event }) => event.data)
      .filter(({ type, id }) => type === "subscriptions" && id === subscriptionIds[0])
      .map(({ attributes: { status, updated_at } }) => JSON.stringify([status, updated_at]));
    expect(new Set(stamps).size).toBe(3);
    expect(await object(`/v1/subscriptions/${subscriptionIds[0]}`)).toMatchObject({
      status: "active",
    });
  });

  it("spreads them over time, also over a restart", async () => {
    // At one delivery in two seconds only the first is due before the restart.
    await emulator.post("/emulator/bulk", { purchases: 1, perSecond: 0.5 });
    await arrived(1);
    await emulator.restart();
    const answer = await emulator.call("/emulator/deliveries?state=pending");
    const pending = (await answer.json()) as { nextAttemptAt: string }[];
    expect(pending.length).toBeGreaterThanOrEqual(1);
    expect(emulator.receiver.received.length + pending.length).toBeGreaterThanOrEqual(4);
  });

  it("refuses a bulk of actions that are not possible one after the other", async () => {
    const made = await emulator.post("/emulator/bulk", { purchases: 1, actions: ["resume"] });
    expect(made.status).toBe(409);
    expect((await emulator.post("/emulator/bulk", { purchases: 0 })).status).toBe(422);
  });
});

describe("a trace", () => {
  it("is sent in the order asked for, and the API shows its end", async () => {
    const { receiver } = emulator;
    const path = "/emulator/traces/cancel-and-expire";
    expect((await emulator.post(path, { ref: "r", copy: 3, order: [3, 0, 0] })).status).toBe(201);
    await arrived(3);
    expect(receiver.names().toSorted()).toEqual([
      "subscription_created",
      "subscription_created",
      "subscription_expired",
    ]);
    const { meta, data } = receiver.received[0]?.event ?? {};
    expect(meta?.custom_data).toEqual({ ref: "r" });
    expect(data?.attributes["store_id"]).toBe(77);
    expect(await object(`/v1/subscriptions/${data?.id}`)).toMatchObject({ status: "expired" });
    const listed = await emulator.api("/v1/subscriptions?filter[status]=expired");
    expect(((await listed.json()) as { data: unknown[] }).data).toHaveLength(1);
  });

  it("has a name and numbers that exist", async () => {
    expect((await emulator.post("/emulator/traces/nothing")).status).toBe(404);
    const path = "/emulator/traces/plain-purchase";
    expect((await emulator.post(path, { order: [9] })).status).toBe(422);
    const listed = (await (await emulator.call("/emulator/traces")).json()) as unknown[];
    expect(listed.length).toBeGreaterThanOrEqual(14);
  });
});

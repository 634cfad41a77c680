import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startKillable } from "../test-process.ts";
import { API_KEY, SECRET, startTestEmulator, type TestEmulator } from "./test-emulator.ts";
import { phpJson } from "./php-json.ts";
import { sign } from "./signature.ts";

let status = 200;
let emulator: TestEmulator;
beforeEach(async () => {
  status = 200;
  emulator = await startTestEmulator(() => status);
});
afterEach(() => emulator.stop());

const settled = (count: number) =>
  vi.waitFor(() => expect(emulator.receiver.received.length).toBeGreaterThanOrEqual(count), {
    timeout: 20_000,
  });
const named = (name: string) => {
  const found = emulator.receiver.received.find(({ event }) => event.meta.event_name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const deliveries = async () =>
  (await (await emulator.call("/emulator/deliveries")).json()) as {
    state: string;
    attempts: { outcome: unknown }[];
  }[];

describe("webhooks", () => {
  it("sends the four events of a purchase, each with an id of its own", async () => {
    await emulator.buy();
    await settled(4);
    expect(emulator.receiver.names().sort()).toEqual([
      "order_created",
      "subscription_created",
      "subscription_payment_success",
      "subscription_updated",
    ]);
    const ids = emulator.receiver.received.map(({ event }) => event.meta.webhook_id);
    expect(new Set(ids).size).toBe(4);
  });

  it("signs the bytes it sends, which are PHP's", async () => {
    await emulator.buy({ email: "grüße@luna.test" });
    await settled(4);
    const { headers, body, event } = named("subscription_created");
    expect(body).toBe(phpJson(event));
    expect(body).toContain(String.raw`gr\u00fc\u00dfe@luna.test`);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "LemonSqueezy-Hookshot",
      "x-event-name": "subscription_created",
      "x-signature": sign(SECRET, body),
    });
  });

  it("brings custom data back as text and ids as text outside, numbers inside", async () => {
    const { subscriptionId, invoiceId } = await emulator.buy();
    await settled(4);
    const { event } = named("subscription_payment_success");
    expect(event.meta).toMatchObject({ test_mode: true, custom_data: { ref: "a/b", seats: "3" } });
    expect(event.data).toMatchObject({
      type: "subscription-invoices",
      id: invoiceId,
      attributes: { subscription_id: Number(subscriptionId), billing_reason: "initial" },
    });
  });

  it("follows a purchase with an update of the same updated_at and later links", async () => {
    await emulator.buy();
    await settled(4);
    const created = named("subscription_created").event.data.attributes;
    const updated = named("subscription_updated").event.data.attributes;
    const clock = (attributes: Record<string, unknown>) => {
      const { first_subscription_item: item, urls } = attributes as {
        first_subscription_item: { updated_at: string };
        urls: { customer_portal: string };
      };
      const expires = Number(new URL(urls.customer_portal).searchParams.get("expires"));
      return { item: Date.parse(item.updated_at), expires };
    };
    expect(updated["updated_at"]).toBe(created["updated_at"]);
    expect(clock(updated).item).toBeGreaterThan(clock(created).item);
    expect(clock(updated).expires).toBeGreaterThan(clock(created).expires);
  });

  it("tries four times with the same bytes and then gives up", async () => {
    status = 201;
    await emulator.buy();
    await vi.waitFor(
      async () =>
        expect((await deliveries()).map(({ state }) => state)).toEqual(Array(4).fill("dropped")),
      { timeout: 20_000 },
    );
    const bodies = emulator.receiver.received
      .filter(({ event }) => event.meta.event_name === "order_created")
      .map(({ body }) => body);
    expect([bodies.length, new Set(bodies).size]).toEqual([4, 1]);
  });
});

it("goes on up the ladder after it was killed, with the same webhook id", async () => {
  let answers = 500;
  const home = await startTestEmulator(() => answers);
  const module = new URL("start.ts", import.meta.url);
  const file = `${home.options.file}.killed`;
  // A second of the ladder lasts 300 ms: the first retry comes 1.5 s after the kill.
  const options = { ...home.options, file, retryScaleMs: 300 };
  const first = await startKillable(module, "startLemonSqueezy", options);
  const origin = `http://127.0.0.1:${first.started["port"]}`;
  await fetch(`${origin}/v1/checkouts`, {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/vnd.api+json" },
    body: JSON.stringify({
      data: {
        type: "checkouts",
        attributes: { checkout_data: { email: "ada@luna.test" } },
        relationships: {
          store: { data: { type: "stores", id: "77" } },
          variant: { data: { type: "variants", id: "401001" } },
        },
      },
    }),
  });
  await fetch(`${origin}/emulator/pay`, { method: "POST" });
  const ids = () =>
    home.receiver.received
      .filter(({ event }) => event.meta.event_name === "order_created")
      .map(({ event }) => event.meta.webhook_id);
  await vi.waitFor(() => expect(ids().length).toBeGreaterThanOrEqual(1), { timeout: 20_000 });
  await first.kill();
  answers = 200;
  const second = await startKillable(module, "startLemonSqueezy", options);
  await vi.waitFor(() => expect(ids().length).toBeGreaterThanOrEqual(2), { timeout: 20_000 });
  expect(new Set(ids()).size).toBe(1);
  await second.kill();
  await home.stop();
});

it("delivers each event of a bulk although it was killed in the middle", async () => {
  const home = await startTestEmulator();
  const module = new URL("start.ts", import.meta.url);
  const options = { ...home.options, file: `${home.options.file}.killed` };
  const first = await startKillable(module, "startLemonSqueezy", options);
  const made = await fetch(`http://127.0.0.1:${first.started["port"]}/emulator/bulk`, {
    method: "POST",
    // Six seconds in all: it is killed long before their end, on a busy machine too.
    body: JSON.stringify({ purchases: 15, perSecond: 10 }),
  });
  expect(await made.json()).toMatchObject({ deliveries: 60 });
  const ids = () => new Set(home.receiver.received.map(({ event }) => event.meta.webhook_id));
  await vi.waitFor(() => expect(ids().size).toBeGreaterThan(5), { timeout: 20_000 });
  await first.kill();
  expect(ids().size).toBeLessThan(60);
  const second = await startKillable(module, "startLemonSqueezy", options);
  await vi.waitFor(() => expect(ids().size).toBe(60), { timeout: 40_000 });
  await second.kill();
  await home.stop();
});

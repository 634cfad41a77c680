import { beforeEach, describe, expect, inject, it } from "vitest";

import { deliver, env, inbox, settled, startAfresh } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { deliveriesOf } from "./fixtures/traces.ts";

beforeEach(startAfresh);

const play = async (name: string): Promise<void> => {
  const trace = inject("traces").find((one) => one.name === name);
  if (trace === undefined) throw new Error(`no trace ${name}`);
  for (const delivery of deliveriesOf(trace, await refFor("ada")))
    expect((await deliver(delivery)).status).toBe(200);
  await settled();
};
const row = (table: string) => env.DB.prepare(`SELECT * FROM ${table}`).first();

describe("what was paid and given back", () => {
  it("is an order refunded in full", async () => {
    await play("full-refund");
    const order = await row("orders");
    expect(order).toMatchObject({ owner_id: "ada", status: "refunded" });
    expect(order?.["refunded"]).toBe(order?.["total"]);
  });

  it("is an order refunded in part, which stays paid for the rest", async () => {
    await play("partial-refund");
    const order = await row("orders");
    expect(order).toMatchObject({ owner_id: "ada", status: "partial_refund" });
    expect(order?.["refunded"]).toBeGreaterThan(0);
    expect(order?.["refunded"]).toBeLessThan(Number(order?.["total"]));
  });
});

describe("a license key", () => {
  it("is kept with its order's owner, and not as a whole", async () => {
    await play("license-key");
    const key = await row("license_keys");
    expect(key).toMatchObject({ owner_id: "ada", activation_limit: 3, status: "active" });
    expect(JSON.stringify(key)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe("an event about no purchase", () => {
  it("is kept: parked when its kind is unknown, done when nothing in it is for us", async () => {
    await play("unknown-events");
    await play("undocumented-events");
    const kept = (await inbox()).map(({ event_name, state, reason }) => [
      event_name,
      state,
      reason,
    ]);
    expect(kept).toContainEqual(["subscription_gifted", "parked", "unhandled_type"]);
    expect(kept).toContainEqual(["affiliate_activated", "applied", "no_purchase"]);
    expect(kept).toContainEqual(["customer_updated", "applied", "no_purchase"]);
    expect(kept).toContainEqual(["subscription_plan_changed", "applied", null]);
  });
});

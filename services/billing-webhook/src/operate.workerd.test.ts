import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import { purchase } from "./fixtures/events.ts";
import { ask, callerOf, count, env, inOrder, startAfresh } from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);

const bought = purchase(1);

describe("GET /v1/admin/billing/events", () => {
  const path = "/v1/admin/billing/events";

  it("lists the inbox by state for administrators, who are written down", async () => {
    await inOrder([bought.order(), bought.order({ attributes: { store_id: 1 } })]);
    const root = callerOf("root", "admin");
    const parked = await ask("GET", `${path}?state=parked`, root);
    expect(parked.body["items"]).toMatchObject([
      { event: "order_created", state: "parked", reason: "wrong_store", orderId: bought.orderId },
    ]);
    const first = await ask("GET", `${path}?limit=1`, root);
    const cursor = String(first.body["nextCursor"]);
    const rest = await ask("GET", `${path}?limit=1&cursor=${cursor}`, root);
    expect(rest.body).toMatchObject({ items: [{ state: "unlinked" }], nextCursor: null });
    const looks =
      "SELECT COUNT(*) AS n FROM audit WHERE action = 'inbox.listed' AND actor = 'root'";
    expect(await env.DB.prepare(looks).first("n")).toBe(3);
  });

  it("is refused to everybody else", async () => {
    expect((await ask("GET", path, callerOf("ada"))).status).toBe(403);
  });
});

describe("the scheduler's tasks", () => {
  it("delete what nobody paid for and keep what somebody did", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    await refFor("eve");
    await env.DB.exec("UPDATE checkouts SET created_at = 0");
    const report = await exports.ForScheduler.run("cleanup", newTrace());
    expect(report).toEqual({
      ok: true,
      value: { audit: 0, checkouts: 1, claims: 0, reconcileRuns: 0 },
    });
    expect(await count("checkouts")).toBe(1);
    expect(await exports.ForScheduler.run("optimize", newTrace())).toMatchObject({ ok: true });
  });
});

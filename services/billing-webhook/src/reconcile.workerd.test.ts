import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  env,
  inOrder,
  settled,
  startAfresh,
  users,
} from "./fixtures/mesh.ts";
import { objectIn, providerSells } from "./fixtures/provider.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Freezes the Worker's clock. */
const setTime = (time: number): void => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(time);
};

const root = callerOf("root", "admin");
const PATH = "/v1/admin/billing/reconcile";
const bought = purchase(1);
const other = purchase(2);

interface Report {
  id: string;
  state: string;
  calls: number;
  seen: number;
  drifts: { object: string; id: string; before: string | null; after: string; linked: boolean }[];
}
const reconcile = async (query = "") => {
  const { status, body } = await ask("POST", PATH + query, root);
  await settled();
  return { status, report: body as unknown as Report };
};

/** The whole of a purchase, as the provider has it. */
const soldOf = (what: typeof bought, at = PURCHASE, attributes = {}) => ({
  order: objectIn(what.order()),
  subscription: objectIn(what.subscription("subscription_updated", { at, attributes })),
  invoice: objectIn(what.invoice("subscription_payment_success")),
});
const all = (sold: ReturnType<typeof soldOf>) => Object.values(sold);

const rows = async (table: string) =>
  (await env.DB.prepare(`SELECT * FROM ${table} ORDER BY id`).all()).results;

describe("comparing with the provider", () => {
  it("finds nothing where every webhook arrived", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.order({ custom }),
      bought.subscription("subscription_created", { custom }),
      bought.invoice("subscription_payment_success", { custom }),
    ]);
    const before = await rows("inbox");
    providerSells(all(soldOf(bought)));
    const { status, report } = await reconcile();
    expect(status).toBe(200);
    expect(report).toMatchObject({ state: "done", calls: 4, seen: 3, drifts: [] });
    expect(await rows("inbox")).toEqual(before);
  });

  it("repairs what a lost webhook left wrong, and reports that and nothing else", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.order({ custom }),
      bought.subscription("subscription_created", { custom }),
    ]);
    const at = PURCHASE + 5 * SECOND;
    providerSells(all(soldOf(bought, at, { status: "past_due" })));
    const { report } = await reconcile();
    expect(report.drifts).toEqual([
      {
        object: "invoice",
        id: bought.invoiceId,
        before: null,
        after: "paid",
        linked: true,
      },
      {
        object: "subscription",
        id: bought.subscriptionId,
        before: "active",
        after: "past_due",
        linked: true,
      },
    ]);
    expect(await users.told()).toMatchObject([
      { status: "active", seq: 1 },
      { status: "past_due", seq: 2 },
    ]);
    expect((await reconcile()).report.drifts).toEqual([]);
  });

  it("changes nothing that a webhook told later than the provider's answer", async () => {
    const custom = { ref: await refFor("ada") };
    const at = PURCHASE + 5 * SECOND;
    await inOrder([
      bought.subscription("subscription_updated", {
        at,
        custom,
        attributes: { status: "cancelled" },
      }),
    ]);
    const { subscription } = soldOf(bought);
    providerSells([subscription]);
    expect((await reconcile()).report.drifts).toEqual([]);
    expect(await rows("subscriptions")).toMatchObject([{ status: "cancelled" }]);
  });

  it.each([["order"], ["invoice"]] as const)(
    "links a subscription whose reference came only with the %s",
    async (carrier) => {
      const custom = { ref: await refFor("ada") };
      await inOrder([
        carrier === "order"
          ? bought.order({ custom })
          : bought.invoice("subscription_payment_success", { custom }),
      ]);
      providerSells(all(soldOf(bought)));
      const { report } = await reconcile();
      expect(report.drifts.filter(({ object }) => object === "subscription")).toMatchObject([
        { id: bought.subscriptionId, linked: true },
      ]);
      expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, tier: "pro" }]);
      expect((await reconcile()).report.drifts).toEqual([]);
    },
  );

  it("links by a reference even where nothing differs", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([
      bought.subscription("subscription_created"),
      bought.invoice("subscription_payment_success", { custom }),
    ]);
    providerSells([soldOf(bought).subscription]);
    expect((await reconcile()).report.drifts).toEqual([]);
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" } }]);
  });

  it("lists a purchase that nobody told of as unlinked, once", async () => {
    providerSells(all(soldOf(bought)));
    const { report } = await reconcile();
    expect(report.drifts).toMatchObject([
      { object: "invoice", before: null, linked: false },
      { object: "order", before: null, linked: false },
      { object: "subscription", before: null, linked: false },
    ]);
    const listed = await ask("GET", "/v1/admin/billing/events?state=unlinked", root);
    expect(listed.body["items"]).toHaveLength(3);
    expect((await reconcile()).report.drifts).toEqual([]);
    expect(await count("inbox")).toBe(3);
    expect(await users.told()).toEqual([]);
  });

  it("does not believe a reference that was made for somebody's other purchase", async () => {
    const custom = { ref: await refFor("ada", "starter") };
    await inOrder([bought.invoice("subscription_payment_success", { custom })]);
    providerSells(all(soldOf(bought)));
    await reconcile();
    expect(await users.told()).toEqual([]);
    const filed = await count("inbox");
    await reconcile();
    expect(await count("inbox")).toBe(filed);
  });

  it("asks at most 60 times a minute and goes on where it stopped", async () => {
    const sold = Array.from({ length: 70 }, (_, index) => soldOf(purchase(index)).order);
    const api = providerSells(sold, 1);
    setTime(PURCHASE);
    const runOnce = () => exports.ForScheduler.run("reconcile_all", newTrace());
    expect(await runOnce()).toMatchObject({ ok: true, value: { calls: 60, finished: 0 } });
    setTime(PURCHASE + 60 * SECOND);
    expect(await runOnce()).toMatchObject({ ok: true, value: { calls: 60, finished: 0 } });
    setTime(PURCHASE + 66 * SECOND);
    expect(await runOnce()).toMatchObject({
      ok: true,
      value: { calls: 73, seen: 70, drifts: 70, finished: 1 },
    });
    expect(new Set(api.asked).size).toBe(api.asked.length);
    expect(await count("reconcile_runs")).toBe(1);
  });

  it("survives an outage of the provider and reports each difference once", async () => {
    const api = providerSells([...all(soldOf(bought)), ...all(soldOf(other))], 1);
    api.be(503);
    setTime(PURCHASE);
    const runOnce = () => exports.ForScheduler.run("reconcile_all", newTrace());
    expect(await runOnce()).toMatchObject({ value: { calls: 0, finished: 0 } });
    api.be(null);
    setTime(PURCHASE + 60 * SECOND);
    expect(await runOnce()).toMatchObject({ value: { drifts: 6, finished: 1 } });
  });

  it("ends as failed when the provider refuses, or does not answer for hours", async () => {
    const api = providerSells(all(soldOf(bought)));
    api.be(422);
    expect((await reconcile()).report).toMatchObject({ state: "failed", drifts: [] });
    api.be(503);
    setTime(PURCHASE);
    const runOnce = () => exports.ForScheduler.run("reconcile_all", newTrace());
    expect(await runOnce()).toMatchObject({ value: { finished: 0 } });
    setTime(PURCHASE + 6 * 60 * 60 * SECOND);
    expect(await runOnce()).toMatchObject({ value: { finished: 1 } });
  });

  it("runs once at a time: a second caller is told of the first", async () => {
    providerSells(all(soldOf(bought)));
    const [one, two] = await Promise.all([reconcile(), reconcile()]);
    expect(one.report.id).toBe(two.report.id);
    expect([one.report.state, two.report.state]).toEqual(["done", "done"]);
    const told = await ask("GET", `${PATH}/${one.report.id}`, root);
    expect(told).toMatchObject({ status: 200, body: { id: one.report.id, state: "done" } });
    const audited = "SELECT actor, action FROM audit WHERE action LIKE 'reconcile.%' ORDER BY id";
    expect((await env.DB.prepare(audited).all()).results).toEqual([
      { actor: "root", action: "reconcile.started" },
      { actor: "root", action: "reconcile.looked_up" },
    ]);
  });

  it("is for administrators only", async () => {
    expect((await ask("POST", PATH, callerOf("ada"))).status).toBe(403);
    expect((await ask("GET", `${PATH}/none`, root)).status).toBe(404);
    expect(await count("reconcile_runs")).toBe(0);
  });
});

describe("looking at the recent past", () => {
  const HOUR = 60 * 60 * SECOND;
  const recent = () => reconcile("?scope=recent");
  /** Questions about single objects. */
  const singly = (asked: readonly string[]) => asked.filter((path) => !path.includes("?"));
  const key = (what: typeof bought) => {
    const { attributes } = objectIn(what.order());
    const { store_id, customer_id, created_at, updated_at } = attributes;
    const order = { order_id: Number(what.orderId), key_short: "XXXX-1", status: "active" };
    return {
      type: "license-keys",
      id: `77${what.orderId}`,
      attributes: { store_id, customer_id, created_at, updated_at, ...order },
    };
  };
  const before = (objects: ReturnType<typeof objectIn>[]) =>
    objects.map(({ attributes, ...rest }) => {
      const created_at = new Date(PURCHASE - 2 * HOUR).toISOString();
      return { ...rest, attributes: { ...attributes, created_at } };
    });

  it("finds every kind of object that was lost, and walks nothing that was sold before", async () => {
    const older = [3, 4, 5, 6].flatMap((suffix) => {
      const what = purchase(suffix);
      return [...all(soldOf(what)), key(what)];
    });
    const api = providerSells([...all(soldOf(bought)), key(bought), ...before(older)], 2);
    setTime(PURCHASE + HOUR / 2);
    const { report } = await recent();
    expect(report.drifts.map(({ object, id }) => [object, id])).toEqual(
      expect.arrayContaining([
        ["order", bought.orderId],
        ["subscription", bought.subscriptionId],
        ["invoice", bought.invoiceId],
        ["license_key", `77${bought.orderId}`],
      ]),
    );
    expect([report.calls, api.asked.length]).toEqual([4, 4]);
    expect(api.asked.every((path) => path.includes("page%5Bnumber%5D=1&"))).toBe(true);
  });

  it("goes on with the next page as long as all of one was sold lately", async () => {
    const sold = [1, 2, 3].map((suffix) => soldOf(purchase(suffix)).order);
    const old = before([4, 5, 6, 7].map((suffix) => soldOf(purchase(suffix)).order));
    const api = providerSells([...sold, ...old], 2);
    setTime(PURCHASE + HOUR / 2);
    await recent();
    expect(api.asked.filter((path) => path.startsWith("/v1/orders?"))).toHaveLength(2);
  });

  it("asks what became of the subscription whose renewal was lost", async () => {
    const custom = { ref: await refFor("ada") };
    setTime(PURCHASE);
    await inOrder([
      bought.order({ custom }),
      bought.subscription("subscription_created", { custom }),
    ]);
    const later = PURCHASE + 40 * HOUR;
    const { order, subscription } = soldOf(bought, later, { status: "past_due" });
    const invoice = objectIn(
      bought.invoice("subscription_payment_failed", {
        at: later,
        attributes: {
          status: "pending",
          billing_reason: "renewal",
          created_at: new Date(later).toISOString(),
        },
      }),
    );
    const many = Array.from({ length: 3 }, (_, index) => soldOf(purchase(20 + index)).subscription);
    const api = providerSells([order, invoice, ...before(many), subscription], 3);
    setTime(later + HOUR / 2);
    const { report } = await recent();
    expect(singly(api.asked)).toEqual([`/v1/subscriptions/${bought.subscriptionId}`]);
    expect(report.drifts).toContainEqual({
      object: "subscription",
      id: bought.subscriptionId,
      before: "active",
      after: "past_due",
      linked: true,
    });
  });

  it("asks about what told something late, has no owner or contradicts itself", async () => {
    const custom = { ref: await refFor("ada") };
    setTime(PURCHASE);
    await inOrder([bought.subscription("subscription_created", { custom })]);
    setTime(PURCHASE + 2 * HOUR);
    await inOrder([other.subscription("subscription_created"), other.order()]);
    const api = providerSells([...all(soldOf(bought)), ...all(soldOf(other))]);
    await recent();
    expect(singly(api.asked).toSorted()).toEqual([
      `/v1/orders/${other.orderId}`,
      `/v1/subscriptions/${other.subscriptionId}`,
    ]);

    // An open invoice of an active subscription, and one that was to be renewed long ago.
    setTime(PURCHASE + 4 * HOUR);
    await env.DB.exec("UPDATE subscriptions SET renews_at = 0");
    await env.DB.exec("UPDATE invoices SET status = 'pending'");
    api.asked.length = 0;
    await recent();
    expect(singly(api.asked).toSorted()).toEqual([
      `/v1/subscription-invoices/${bought.invoiceId}`,
      `/v1/subscriptions/${bought.subscriptionId}`,
    ]);
  });

  it("leaves out one object that the provider refuses to show", async () => {
    setTime(PURCHASE);
    await inOrder([bought.order()]);
    const api = providerSells([soldOf(bought).order]);
    const send = globalThis.fetch;
    vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) =>
      new Request(input, init).url.endsWith(`/orders/${bought.orderId}`)
        ? Promise.resolve(new Response(null, { status: 422 }))
        : send(input, init),
    );
    expect((await recent()).report).toMatchObject({ state: "done", calls: 5 });
    expect(singly(api.asked)).toEqual([]);
  });
});

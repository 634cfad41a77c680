import { utf8 } from "@luna/shared/bytes";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import { PURCHASE, purchase, SECOND } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  deliver,
  env,
  inbox,
  inOrder,
  mailer,
  settled,
  startAfresh,
  states,
  users,
  webhook,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { sign } from "./fixtures/sign.ts";

beforeEach(startAfresh);

const bought = purchase(1);
const root = callerOf("root", "admin");

interface Payload {
  meta: Record<string, unknown>;
  data: { attributes: Record<string, unknown> } & Record<string, unknown>;
}
type Event = { name: string; body: string };

/** The same event with something wrong in it. */
const twisted = ({ name, body }: Event, twist: (payload: Payload) => void): Event => {
  const payload = JSON.parse(body) as Payload;
  twist(payload);
  return { name, body: JSON.stringify(payload) };
};

/** An order, its subscription and the first invoice, all with ada's reference. */
const sold = async () => {
  const custom = { ref: await refFor("ada") };
  return [
    bought.order({ custom }),
    bought.subscription("subscription_created", { custom }),
    bought.invoice("subscription_payment_success", { custom }),
  ] as const;
};

const rebuilt = async () => (await ask("POST", "/v1/admin/billing/rebuild", root)).body;
const only = (table: string) => env.DB.prepare(`SELECT * FROM ${table}`).first();

/** `depth` lists, one in the other. */
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

describe("a payload that is odd but means something", () => {
  it.each([
    ["a float", 998.838_400_000_000_1, 999],
    ["text", "4900", 4_900],
    ["a float in text", "4900.4", 4_900],
    ["negative", -4_900, -4_900],
    ["nothing, from below", -0.3, 0],
  ])("is applied with money that is %s", async (_what, total, cents) => {
    const [order, subscription, invoice] = await sold();
    const odd = (event: Event) => twisted(event, ({ data }) => (data.attributes["total"] = total));
    await inOrder([odd(order), subscription, odd(invoice)]);
    expect(await states()).toEqual(["applied", "applied", "applied"]);
    expect([await only("orders"), await only("invoices")]).toMatchObject([
      { total: cents },
      { total: cents },
    ]);
    expect(await rebuilt()).toMatchObject({ objects: 3, differences: [] });
  });

  it.each([
    ["half a character", "Pro \ud800"],
    ["NUL", "Pro\u0000 plus"],
    ["a hundred thousand characters", "é".repeat(100_000)],
    ["what looks like SQL", "'); DROP TABLE inbox; --"],
    ["what looks like markup", "<script>alert(1)</script>"],
  ])("is stored with texts of %s, and found the same again", async (_what, text) => {
    const events = (await sold()).map((event) =>
      twisted(event, ({ data: { attributes } }) => {
        for (const name of ["product_name", "identifier", "billing_reason"])
          if (name in attributes) attributes[name] = text;
      }),
    );
    await inOrder(events);
    expect(await states()).toEqual(["applied", "applied", "applied"]);
    expect(await users.told()).toHaveLength(1);
    expect(await rebuilt()).toMatchObject({ objects: 3, differences: [] });
  });

  it("is applied without relationships, links and item, in the shape of 2023", async () => {
    const events = (await sold()).map((event) =>
      twisted(event, ({ meta, data }) => {
        delete meta["webhook_id"];
        for (const name of ["relationships", "links"]) delete data[name];
        for (const name of ["urls", "first_subscription_item"]) data.attributes[name] = null;
      }),
    );
    await inOrder(events);
    expect(await states()).toEqual(["applied", "applied", "applied"]);
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, tier: "pro" }]);
    expect(await only("subscriptions")).toMatchObject({ quantity: null, item_updated_at: 0 });
  });

  it("is applied however deep what nobody reads of it is", async () => {
    const deep = (await sold()).map(({ name, body }) => ({
      name,
      body: body
        .replace('"attributes":{', `"attributes":{"urls":${nested(40_000)},"x":${nested(40_000)},`)
        .replace('"custom_data":{', `"custom_data":{"y":${nested(40_000)},`),
    }));
    await inOrder(deep);
    expect(await states()).toEqual(["applied", "applied", "applied"]);
  });

  it("is believed where it says a thing twice as every JSON reader would: the last time", async () => {
    const [, subscription] = await sold();
    const { name, body } = subscription;
    await inOrder([
      { name, body: body.replace('"status":"active"', '"status":"expired","status":"active"') },
    ]);
    expect(await users.told()).toMatchObject([{ status: "active" }]);
  });

  it.each([["__proto__"], ["constructor"], ["toString"]])(
    "is read as if it had no %s",
    async (name) => {
      const evil = `"${name}":{"status":"expired","ref":"x","store_id":1,"polluted":true},`;
      const events = (await sold()).map((event) => ({
        ...event,
        body: event.body
          .replace('"attributes":{', `"attributes":{${evil}`)
          .replace('"meta":{', `"meta":{${evil}`)
          .replace('"custom_data":{', `"custom_data":{${evil}`),
      }));
      await inOrder(events);
      expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, status: "active" }]);
      expect({}).not.toHaveProperty("polluted");
    },
  );
});

describe("a payload that means nothing", () => {
  const broken: [string, (payload: Payload) => void][] = [
    ["no money", ({ data }) => (data.attributes["total"] = null)],
    ["money in words", ({ data }) => (data.attributes["total"] = "4900 USD")],
    ["money in a list", ({ data }) => (data.attributes["total"] = [4_900])],
    ["more money than there is", ({ data }) => (data.attributes["total"] = 1e300)],
    ["a currency of two letters", ({ data }) => (data.attributes["currency"] = "US")],
    ["a status in a list", ({ data }) => (data.attributes["status"] = ["paid"])],
    ["a status of its own", ({ data }) => (data.attributes["status"] = "asleep")],
    ["a time that is none", ({ data }) => (data.attributes["created_at"] = "yesterday")],
    ["an id that is none", ({ data }) => (data["id"] = true)],
    ["a customer that is none", ({ data }) => (data.attributes["customer_id"] = {})],
  ];

  it.each(broken)("is kept and parked: %s", async (_what, twist) => {
    const [order] = await sold();
    expect((await deliver(twisted(order, twist))).status).toBe(200);
    await settled();
    expect(await inbox()).toMatchObject([{ state: "parked", reason: "unexpected_shape" }]);
    expect([await count("orders"), await mailer.told()]).toEqual([0, []]);
  });

  it.each([
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1e999"],
    ["a text", '"paid"'],
    ["no data", '{"meta":{"event_name":"order_created"},"data":null}'],
    ["data in a list", '{"meta":{"event_name":"order_created"},"data":[]}'],
    ["a name in a list", '{"meta":{"event_name":["order_created"]},"data":{"type":"orders"}}'],
    ["half a document", '{"meta":{"event_name":"order_created"}'],
    ["a document and a half", '{"meta":{}}{"meta":{}}'],
    ["a byte order mark", '\ufeff{"meta":{"event_name":"order_created"},"data":{"type":"orders"}}'],
  ])("is kept and parked as unreadable: %s", async (_what, body) => {
    expect((await deliver({ name: "order_created", body })).status).toBe(200);
    expect(await inbox()).toMatchObject([{ state: "parked", reason: "unreadable" }]);
  });

  it("is kept and parked when its bytes are no text", async () => {
    const body = new Uint8Array([...utf8('{"meta":{"event_name":"'), 0xff, 0xfe, ...utf8('"}}')]);
    const request = new Request("http://billing.test/webhooks/lemonsqueezy", {
      method: "POST",
      headers: { "x-signature": await sign(body) },
      body,
    });
    expect((await exports.default.fetch(request)).status).toBe(200);
    expect(await inbox()).toMatchObject([{ state: "parked", reason: "unreadable" }]);
  });

  it.each([[1], [3]])("is refused with 413 when it has %i MB, signed or not", async (megabytes) => {
    const body = `{"meta":"${"x".repeat(megabytes * 1024 * 1024)}"}`;
    for (const headers of [{}, { "x-signature": await sign(body) }]) {
      const response = await exports.default.fetch(
        webhook(body, headers as Record<string, string>),
      );
      expect([response.status, await response.json()]).toMatchObject([
        413,
        { code: "payload_too_large" },
      ]);
    }
    expect(await count("inbox")).toBe(0);
  });
});

describe("a repeat at the worst moment", () => {
  const audits = async (action: string): Promise<number> =>
    (await env.DB.prepare("SELECT COUNT(*) AS n FROM audit WHERE action = ?")
      .bind(action)
      .first("n")) ?? 0;

  it("tells nobody twice: replayed ten times at once while it is being applied", async () => {
    const [order, subscription, invoice] = await sold();
    await inOrder([order, subscription]);
    await deliver(invoice);
    const { id = "" } = (await inbox()).at(-1) ?? {};
    const path = `/v1/admin/billing/events/${id}/replay`;
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask("POST", path, root)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await settled();
    expect(await states()).toEqual(["applied", "applied", "applied"]);
    expect([(await mailer.told()).length, (await users.told()).length]).toEqual([1, 1]);
    expect([await audits("invoice.changed"), await audits("subscription.changed")]).toEqual([1, 1]);
  });

  it("of a purchase by who has one already is kept beside it, and both are told", async () => {
    const other = purchase(2);
    await inOrder([...(await sold())]);
    const custom = { ref: await refFor("ada", "pro") };
    await inOrder([
      other.order({ custom }),
      other.subscription("subscription_created", { custom }),
    ]);
    expect((await users.told()).map(({ providerId }) => providerId)).toEqual([
      bought.subscriptionId,
      other.subscriptionId,
    ]);
    await inOrder([
      bought.subscription("subscription_expired", {
        at: PURCHASE + SECOND,
        attributes: { status: "expired" },
      }),
    ]);
    const shown = await ask("GET", "/v1/billing/subscription", callerOf("ada"));
    expect(shown.body).toMatchObject({ id: other.subscriptionId, status: "active" });
  });
});

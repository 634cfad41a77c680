import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { purchase } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  deliver,
  env,
  inbox,
  inOrder,
  settled,
  startAfresh,
  states,
  users,
} from "./fixtures/mesh.ts";
import { objectIn, providerSells } from "./fixtures/provider.ts";
import { refFor } from "./fixtures/shop.ts";

beforeEach(startAfresh);
afterEach(() => vi.unstubAllGlobals());

const root = callerOf("root", "admin");
const ADMIN = "/v1/admin/billing";
const bought = purchase(1);
const IDENTIFIER = "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10";

const idOf = async (name: string): Promise<string> =>
  (await inbox()).find(({ event_name }) => event_name === name)?.id ?? "";
const link = async (name: string, userId: string, caller = root) =>
  ask("POST", `${ADMIN}/events/${await idOf(name)}/link`, caller, { userId });
const replay = (id: string, caller = root) => ask("POST", `${ADMIN}/events/${id}/replay`, caller);
const auditsOf = async (action: string) => {
  const statement = env.DB.prepare("SELECT actor, subject FROM audit WHERE action = ?");
  return (await statement.bind(action).all()).results;
};

const buyAnonymously = () =>
  inOrder([
    bought.invoice("subscription_payment_success"),
    bought.subscription("subscription_created"),
    bought.order(),
  ]);

describe("POST /v1/admin/billing/events/{id}/link", () => {
  it.each([["order_created"], ["subscription_created"], ["subscription_payment_success"]])(
    "gives the whole purchase of an event to a user: %s",
    async (name) => {
      await buyAnonymously();
      const answer = await link(name, "ada");
      expect(answer).toMatchObject({ status: 200, body: { event: name, state: "applied" } });
      await settled();
      expect(await states()).toEqual(["applied", "applied", "applied"]);
      expect(await users.told()).toMatchObject([{ owner: { id: "ada" }, tier: "pro" }]);
      expect(await auditsOf("purchase.linked")).toContainEqual({
        actor: "root",
        subject: expect.stringMatching(/^(order|subscription):/),
      });
    },
  );

  it("takes nothing from whose it is already", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.order({ custom }), bought.subscription("subscription_created")]);
    const answer = await link("subscription_created", "eve");
    expect([answer.status, answer.body["code"]]).toEqual([409, "conflict"]);
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" } }]);
    expect((await auditsOf("purchase.linked")).filter(({ actor }) => actor === "root")).toEqual([]);
  });

  it("writes one record, however often it is asked at once", async () => {
    await buyAnonymously();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => link("order_created", "ada")),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await settled();
    const byRoot = (await auditsOf("purchase.linked")).filter(({ actor }) => actor === "root");
    expect(byRoot).toHaveLength(1);
    expect(await users.told()).toHaveLength(1);
  });

  it("gives it to one of two who are named at once, and tells the other", async () => {
    await buyAnonymously();
    const answers = await Promise.all(
      ["ada", "eve"].map((userId) => link("subscription_created", userId)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    await settled();
    expect(await users.told()).toHaveLength(1);
    const holders = "SELECT COUNT(DISTINCT owner_id) AS n FROM owners";
    expect(await env.DB.prepare(holders).first("n")).toBe(1);
  });

  it("links nothing of another store, and nothing to nobody", async () => {
    await deliver(bought.order({ attributes: { store_id: 1 } }));
    expect(await link("order_created", "ada")).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringMatching(/store/) },
    });
    await inOrder([bought.subscription("subscription_created")]);
    expect(await link("subscription_created", "nobody")).toMatchObject({
      status: 422,
      body: { code: "invalid_input", errors: [{ path: "userId" }] },
    });
    expect([await count("owners"), await count("decisions")]).toEqual([0, 0]);
  });

  it.each([
    ["a text", { userId: 7 }],
    ["no more than a hundred characters", { userId: "x".repeat(101) }],
    ["something", { userId: "" }],
    ["alone", { userId: "ada", plan: "enterprise" }],
  ])("refuses a user who is not %s", async (_what, body) => {
    await buyAnonymously();
    const path = `${ADMIN}/events/${await idOf("order_created")}/link`;
    expect((await ask("POST", path, root, body)).status).toBe(422);
    expect(await count("owners")).toBe(0);
  });

  it.each([["%00"], ["%ff"], ["%ED%A0%80"], ["'%20OR%201=1--"], ["%25"], ["a".repeat(8_000)]])(
    "finds no event called %.20s",
    async (id) => {
      await buyAnonymously();
      const path = `${ADMIN}/events/${id}`;
      expect((await ask("POST", `${path}/link`, root, { userId: "ada" })).status).toBe(404);
      expect((await ask("POST", `${path}/replay`, root)).status).toBe(404);
    },
  );

  it("knows no event that does not exist, and waits while users is away", async () => {
    await buyAnonymously();
    expect((await ask("POST", `${ADMIN}/events/none/link`, root, { userId: "ada" })).status).toBe(
      404,
    );
    await users.be("away");
    expect((await link("order_created", "ada")).status).toBe(503);
    expect(await count("owners")).toBe(0);
  });

  it("is for administrators only", async () => {
    await buyAnonymously();
    expect((await link("order_created", "ada", callerOf("ada"))).status).toBe(403);
    expect(await count("owners")).toBe(0);
  });
});

describe("POST /v1/admin/billing/events/{id}/replay", () => {
  it("applies an event once more without telling anybody twice", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.subscription("subscription_created", { custom })]);
    const answer = await replay(await idOf("subscription_created"));
    expect(answer).toMatchObject({ status: 200, body: { state: "applied", attempts: 2 } });
    await settled();
    expect(await users.told()).toHaveLength(1);
    expect(await auditsOf("event.replayed")).toEqual([
      { actor: "root", subject: await idOf("subscription_created") },
    ]);
  });

  it("applies what was parked for a reason that is over", async () => {
    const custom = { ref: await refFor("ada") };
    const event = bought.subscription("subscription_created", { custom });
    await deliver({ ...event, name: "something_else" });
    expect(await states()).toEqual(["parked"]);
    expect((await replay(await idOf("subscription_created"))).body).toMatchObject({
      state: "applied",
    });
    await settled();
    expect(await users.told()).toMatchObject([{ owner: { id: "ada" } }]);
  });

  it("leaves parked what the configuration still forbids", async () => {
    await deliver(bought.order({ attributes: { store_id: 1 } }));
    const answer = await replay(await idOf("order_created"));
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/store/) } });
    expect(await states()).toEqual(["parked"]);
  });

  it("is for administrators only, about events that exist", async () => {
    await buyAnonymously();
    expect((await replay(await idOf("order_created"), callerOf("ada"))).status).toBe(403);
    expect((await replay("none")).status).toBe(404);
    expect(await auditsOf("event.replayed")).toEqual([]);
  });
});

describe("GET /v1/admin/billing/find", () => {
  const find = (query: string, caller = root) => ask("GET", `${ADMIN}/find?${query}`, caller);
  const withEmail = ({ body }: { body: string }, email: string) => {
    const object = objectIn({ body });
    return { ...object, attributes: { ...object.attributes, user_email: email } };
  };
  const sold = () => [
    withEmail(bought.order(), "zoe@buyer.test"),
    withEmail(bought.subscription("subscription_updated"), "zoe@buyer.test"),
    withEmail(purchase(2).order(), "other@buyer.test"),
    {
      type: "customers",
      id: "2300001",
      attributes: { email: "zoe@buyer.test", name: "Zoë" },
    },
  ];
  const expected = {
    orderId: bought.orderId,
    identifier: IDENTIFIER,
    status: "paid",
    customerId: "2300001",
    email: "zoe@buyer.test",
    subscriptions: [{ id: bought.subscriptionId, status: "active", plan: "pro" }],
  };

  it.each([
    ["the address", "email=zoe@buyer.test"],
    ["the receipt's identifier", `order=${IDENTIFIER.toUpperCase()}`],
    ["the order's id", `order=${bought.orderId}`],
    ["the customer", "customer=2300001"],
  ])("finds a purchase by %s, with what waits for an owner", async (_what, query) => {
    await buyAnonymously();
    providerSells(sold());
    const { status, body } = await find(query);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      providerAnswered: true,
      items: [{ ...expected, owner: null }],
    });
    const [item] = body["items"] as { events: { state: string }[] }[];
    expect(item?.events.map(({ state }) => state)).toEqual(["unlinked", "unlinked", "unlinked"]);
  });

  it("tells whose a purchase is", async () => {
    const custom = { ref: await refFor("ada") };
    await inOrder([bought.order({ custom }), bought.subscription("subscription_created")]);
    providerSells(sold());
    expect((await find("email=zoe@buyer.test")).body["items"]).toMatchObject([
      { ...expected, owner: { kind: "user", id: "ada" }, events: [] },
    ]);
  });

  it("finds a purchase that no webhook told of", async () => {
    providerSells(sold());
    expect((await find("email=zoe@buyer.test")).body["items"]).toMatchObject([
      { ...expected, owner: null, events: [] },
    ]);
  });

  it.each([[`order=${IDENTIFIER}`], ["customer=2300001"]])(
    "tells what was told while the provider is away: %s",
    async (query) => {
      await buyAnonymously();
      providerSells([]).be(503);
      expect((await find(query)).body).toMatchObject({
        providerAnswered: false,
        items: [{ orderId: bought.orderId, identifier: IDENTIFIER, email: null }],
      });
    },
  );

  it("finds nothing of what there is not", async () => {
    providerSells(sold());
    for (const query of ["email=nobody@x.test", "order=nothing", "order=99", "customer=99"])
      expect((await find(query)).body).toEqual({ providerAnswered: true, items: [] });
  });

  it.each([
    ["email=%25"],
    ["email=_%40buyer.test"],
    ["email=*"],
    ["email=zoe%40buyer.test%00"],
    ["order=%25"],
    ["order=104e18a2-%25"],
    ["order=3400001%20OR%201%3D1"],
    [`order=${"9".repeat(254)}`],
    ["order=%F0%9F%8D%8B"],
    ["customer=.."],
    ["customer=."],
    ["customer=..%2Forders"],
    ["customer=2300001%3Finclude%3Dorders"],
    ["customer=%EF%BC%92300001"],
  ])("takes %s for what it says and nothing else", async (query) => {
    await buyAnonymously();
    const { asked } = providerSells(sold());
    expect(await find(query)).toEqual({
      status: 200,
      body: { providerAnswered: true, items: [] },
    });
    expect(asked.filter((path) => !/^\/v1\/(orders|subscriptions)\?/.test(path))).toEqual([]);
  });

  it.each([[`email=${"x".repeat(255)}`], ["email=%20"], ["order="], ["email=a&email=b"]])(
    "refuses the query %.20s",
    async (query) => {
      expect((await find(query)).status).toBe(422);
    },
  );

  it("writes down who looked and not for whom", async () => {
    providerSells(sold());
    await find("email=zoe@buyer.test");
    const rows = (await env.DB.prepare("SELECT * FROM audit").all()).results;
    expect(rows).toMatchObject([{ actor: "root", action: "purchase.looked_up" }]);
    expect(JSON.stringify(rows)).not.toContain("zoe");
  });

  it.each([[""], ["email=a@x.test&order=1"], ["name=zoe"]])(
    "refuses the query %j",
    async (query) => {
      expect((await find(query)).status).toBe(422);
    },
  );

  it("is for administrators only", async () => {
    expect((await find("order=1", callerOf("ada"))).status).toBe(403);
  });
});

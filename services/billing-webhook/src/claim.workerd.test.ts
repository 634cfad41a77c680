import { open } from "@luna/shared/key-set";
import { newTrace } from "@luna/shared/trace";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { TEST_CONFIG } from "./fixtures/config.ts";
import { purchase } from "./fixtures/events.ts";
import {
  ask,
  callerOf,
  count,
  env,
  inOrder,
  mailer,
  settled,
  startAfresh,
  triedInVain,
  users,
} from "./fixtures/mesh.ts";
import { objectIn, providerSells } from "./fixtures/provider.ts";

const BUYER = "zoe@buyer.test";
const IDENTIFIER = "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10";
const bought = purchase(1);
const ada = callerOf("ada");
const eve = callerOf("eve");

const sold = () => {
  const order = objectIn(bought.order());
  return { ...order, attributes: { ...order.attributes, user_email: BUYER } };
};

beforeEach(async () => {
  await startAfresh();
  providerSells([sold()]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A whole purchase of which nobody knows whose it is. */
const buyAnonymously = () =>
  inOrder([
    bought.invoice("subscription_payment_success"),
    bought.subscription("subscription_created"),
    bought.order(),
  ]);

const claim = (caller = ada, orderIdentifier = IDENTIFIER) =>
  ask("POST", "/v1/billing/claim", caller, { orderIdentifier });
const confirm = (token: string, caller = ada) =>
  ask("POST", "/v1/billing/claim/confirm", caller, { token });

/** The tokens in the mails that were asked for, as only their readers see them. */
const mailedTokens = async (): Promise<string[]> => {
  await settled();
  const keys = JSON.parse(TEST_CONFIG.MAIL_SEAL_KEYS) as Parameters<typeof open>[0];
  const links = (await mailer.told())
    .filter(({ template }) => template === "claim_purchase")
    .map(({ key, sealed }) => open(keys, sealed["link"] ?? "", `mail:${key}`));
  return (await Promise.all(links)).map(
    (link) => new URL(link ?? "").searchParams.get("token") ?? "",
  );
};

describe("claiming a purchase", () => {
  it("asks the buyer and then gives it to whoever asked", async () => {
    await buyAnonymously();
    expect(await claim()).toEqual({ status: 202, body: { status: "check_email" } });
    const [token = ""] = await mailedTokens();
    expect(await mailer.told()).toMatchObject([
      {
        template: "claim_purchase",
        to: BUYER,
        vars: { account: "ada@example.test", order: IDENTIFIER },
        userId: null,
      },
    ]);
    expect(await confirm(token)).toEqual({ status: 200, body: { status: "linked" } });
    await settled();
    expect(await users.told()).toMatchObject([{ owner: { kind: "user", id: "ada" }, tier: "pro" }]);
    expect([await count("orders"), await count("invoices")]).toEqual([1, 1]);
    const audited = "SELECT actor, subject FROM audit WHERE action = 'purchase.claimed'";
    expect((await env.DB.prepare(audited).all()).results).toEqual([
      { actor: "ada", subject: `order:${bought.orderId}` },
    ]);
  });

  it("stands when the tables are made again from the stored bytes", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    await confirm(token);
    await settled();
    for (const table of ["owners", "orders", "invoices", "subscriptions", "claims"])
      await env.DB.exec(`DELETE FROM ${table}`);
    const path = "/v1/admin/billing/rebuild?repair=true";
    expect(await ask("POST", path, callerOf("root", "admin"))).toMatchObject({ status: 200 });
    const owned = "SELECT owner_id FROM subscriptions UNION SELECT owner_id FROM orders";
    expect((await env.DB.prepare(owned).all()).results).toEqual([{ owner_id: "ada" }]);
    expect([await count("orders"), await count("invoices")]).toEqual([1, 1]);
  });

  it("tells nobody whether there is such an order, and mails only if there is", async () => {
    await buyAnonymously();
    const unknown = await claim(ada, "00000000-0000-4000-8000-000000000000");
    expect(unknown).toEqual(await claim());
    expect(await mailedTokens()).toHaveLength(1);
  });

  it("keeps neither the token nor the address", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    const tables = ["claims", "outbox", "audit", "orders", "owners", "order_identifiers"];
    const kept = tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`));
    const rows = JSON.stringify((await env.DB.batch(kept)).map(({ results }) => results));
    expect(rows).toContain(IDENTIFIER);
    expect(rows).not.toMatch(new RegExp(`${token}|${BUYER}`));
  });

  it("asks nobody about a purchase that has an owner", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    await confirm(token);
    await claim(eve);
    expect(await mailedTokens()).toHaveLength(1);
  });

  it("waits while the provider cannot say whose address it is", async () => {
    await buyAnonymously();
    const api = providerSells([sold()]);
    api.be(503);
    await claim();
    await triedInVain();
    api.be(null);
    await env.DB.exec("UPDATE outbox SET next_at = 0");
    await exports.ForScheduler.run("sweep", newTrace());
    expect(await mailedTokens()).toHaveLength(1);
  });
});

describe("a mailed link", () => {
  it("works once, however often it is followed at once", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body["code"] === "invalid_token")).toHaveLength(9);
  });

  it("binds nothing to anybody else who follows it, and is still good for its owner", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    expect(await confirm(token, eve)).toMatchObject({ status: 401 });
    expect(await count("owners")).toBe(0);
    expect((await confirm(token)).status).toBe(200);
  });

  it("is worthless after a day", async () => {
    await buyAnonymously();
    await claim();
    const [token = ""] = await mailedTokens();
    await env.DB.exec("UPDATE claims SET expires_at = 1");
    expect(await confirm(token)).toMatchObject({ status: 401 });
    expect(await count("owners")).toBe(0);
  });

  it.each([[""], ["%"], ["' OR 1=1 --"], ["a".repeat(200)]])(
    "is not %j, which nobody mailed",
    async (token) => {
      await buyAnonymously();
      await claim();
      expect(await confirm(token)).toMatchObject({ status: 401, body: { code: "invalid_token" } });
      expect([await count("owners"), await count("decisions")]).toEqual([0, 0]);
    },
  );

  it("takes nothing from whoever was first", async () => {
    await buyAnonymously();
    await Promise.all([claim(), claim(eve)]);
    const tokens = await mailedTokens();
    const answers = await Promise.all(
      tokens.flatMap((token) => [confirm(token, ada), confirm(token, eve)]),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 401, 401, 409,
    ]);
    expect(
      await env.DB.prepare("SELECT COUNT(DISTINCT owner_id) AS n FROM owners").first("n"),
    ).toBe(1);
  });
});

describe("claims", () => {
  const statuses = async (times: number, ask: () => Promise<{ status: number }>) => {
    const answers = await Promise.all(Array.from({ length: times }, ask));
    return answers.map(({ status }) => status).toSorted((a, b) => a - b);
  };

  it("are limited to five an hour for each account, however many come at once", async () => {
    expect(await statuses(8, () => claim())).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
    expect((await claim(eve)).status).toBe(202);
  });

  it("send at most five mails an hour about one order, and tell nobody", async () => {
    await buyAnonymously();
    for (let person = 0; person < 7; person += 1)
      expect((await claim(callerOf(`user-${person}`))).status).toBe(202);
    expect(await mailedTokens()).toHaveLength(5);
  });

  it.each([
    [{}],
    [{ orderIdentifier: "x" }],
    [{ orderIdentifier: IDENTIFIER, email: "me@x.test" }],
  ])("refuse %j and write nothing", async (body) => {
    expect((await ask("POST", "/v1/billing/claim", ada, body)).status).toBe(422);
    expect([await count("claims"), await count("outbox")]).toEqual([0, 0]);
  });
});

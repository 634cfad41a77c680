import { describe, expect, it } from "vitest";

import { createLemonSqueezy, type NewCheckout } from "./client.ts";
import { heed, letGo, UNUSED, type Pace, type Quota } from "./quota.ts";

const CHECKOUT: NewCheckout = {
  variantId: "401002",
  email: "ada@example.test",
  name: "Ada",
  ref: "checkout.k1.tag",
  redirectUrl: "https://app.test/checkout/return",
  expiresAt: Date.UTC(2026, 2, 2),
};

const NOW = Date.UTC(2026, 2, 1);

/** The quota without its object: what it decides is tested in `quota.test.ts`. */
const quotaAt = (clock: () => number): Quota => {
  let state = UNUSED;
  return {
    async take(pace: Pace) {
      const next = letGo(state, pace, clock());
      state = next.state;
      return next.waitMs;
    },
    async heed(feedback) {
      state = heed(state, feedback);
    },
  };
};

/** A client whose calls end in `answer`. */
const clientOf = (
  answer: (request: Request) => Promise<Response> | Response,
  { timeoutMs = 1_000, clock = () => NOW, quota = quotaAt(clock) } = {},
) =>
  createLemonSqueezy({
    baseUrl: "http://lemon.test",
    apiKey: "the-key",
    storeId: "100001",
    timeoutMs,
    quota,
    clock,
    fetch: async (input, init) => answer(new Request(input, init)),
  });

describe("createCheckout", () => {
  it("asks for a page for this variant, buyer and reference", async () => {
    const client = clientOf(async (request) => {
      expect(request.url).toBe("http://lemon.test/v1/checkouts");
      expect(request.headers.get("authorization")).toBe("Bearer the-key");
      expect(request.headers.get("content-type")).toBe("application/vnd.api+json");
      expect(await request.json()).toEqual({
        data: {
          type: "checkouts",
          attributes: {
            checkout_data: {
              email: "ada@example.test",
              name: "Ada",
              custom: { ref: "checkout.k1.tag" },
            },
            product_options: {
              redirect_url: "https://app.test/checkout/return",
              enabled_variants: [401_002],
            },
            expires_at: "2026-03-02T00:00:00.000Z",
          },
          relationships: {
            store: { data: { type: "stores", id: "100001" } },
            variant: { data: { type: "variants", id: "401002" } },
          },
        },
      });
      return Response.json({ data: { attributes: { url: "https://pay.test/1" } } });
    });
    expect(await client.createCheckout(CHECKOUT)).toEqual({
      ok: true,
      value: "https://pay.test/1",
    });
  });

  it.each([
    [500, "unavailable"],
    [429, "rate_limited"],
    [401, "unavailable"],
    [302, "unavailable"],
    [404, "not_found"],
    [422, "refused"],
  ])("takes %i for %s and repeats nothing of the answer", async (status, code) => {
    const client = clientOf(() => new Response("ada@example.test is no good", { status }));
    const result = await client.createCheckout(CHECKOUT);
    expect(result).toEqual({ ok: false, code, detail: `POST answered ${status}` });
  });

  it("calls an answer in another shape unavailable", async () => {
    const client = clientOf(() => Response.json({ data: null }));
    expect(await client.createCheckout(CHECKOUT)).toMatchObject({ code: "unavailable" });
  });

  it("gives up on a provider that hangs", async () => {
    const hang = (request: Request) =>
      new Promise<Response>((_resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason as Error));
      });
    expect(await clientOf(hang, { timeoutMs: 20 }).createCheckout(CHECKOUT)).toEqual({
      ok: false,
      code: "unavailable",
      detail: "TimeoutError",
    });
  });
});

const subscription = {
  type: "subscriptions",
  id: "7",
  attributes: { status: "active", whatever_is_new: { deeply: [1] } },
};

describe("fetchObject", () => {
  it("answers with the object as a webhook would carry it, new fields included", async () => {
    const client = clientOf((request) => {
      expect([request.method, request.url]).toEqual([
        "GET",
        "http://lemon.test/v1/subscriptions/7",
      ]);
      return Response.json({ jsonapi: { version: "1.0" }, data: { ...subscription, links: {} } });
    });
    expect(await client.fetchObject("subscriptions", "7")).toEqual({
      ok: true,
      value: { ...subscription, links: {} },
    });
  });

  it("tells apart what the provider does not have", async () => {
    const client = clientOf(() => new Response(null, { status: 404 }));
    expect(await client.fetchObject("subscriptions", "7")).toMatchObject({ code: "not_found" });
  });
});

describe("list", () => {
  it.each([
    ["the page numbers", { meta: { page: { currentPage: 2, lastPage: 3 } } }, true],
    ["the last page number", { meta: { page: { currentPage: 3, lastPage: 3 } } }, false],
    ["a link to more", { links: { next: "http://lemon.test/x" } }, true],
    ["no link to more", { links: { next: null } }, false],
    ["nothing at all", {}, false],
  ])("knows by %s whether more follows", async (_what, frame, more) => {
    const client = clientOf((request) => {
      expect(Object.fromEntries(new URL(request.url).searchParams)).toEqual({
        "filter[store_id]": "100001",
        "filter[user_email]": "a+b@example.test",
        "page[number]": "2",
        "page[size]": "100",
      });
      return Response.json({ data: [subscription], ...frame });
    });
    const filter = { user_email: "a+b@example.test" };
    expect(await client.list("subscriptions", { page: 2, filter })).toEqual({
      ok: true,
      value: { resources: [subscription], more },
    });
  });
});

describe("the pace", () => {
  const answering = () => Response.json({ data: subscription });

  it("lets background work make 60 calls a minute and no more, however many ask at once", async () => {
    let calls = 0;
    let now = NOW;
    const client = clientOf(() => ((calls += 1), answering()), { clock: () => now });
    const rush = () =>
      Promise.all(Array.from({ length: 200 }, () => client.fetchObject("subscriptions", "7")));
    const codes = (await rush()).map((result) => (result.ok ? "ok" : result.code));
    expect(codes.filter((code) => code === "ok")).toHaveLength(60);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(140);
    now += 60_000;
    await rush();
    expect(calls).toBe(60);
    now += 5_000;
    await rush();
    expect(calls).toBe(120);
  });

  it("never makes a person wait for background work", async () => {
    const client = clientOf(answering);
    for (let call = 0; call < 60; call += 1) await client.fetchObject("subscriptions", "7");
    expect(await client.fetchObject("subscriptions", "7", "person")).toMatchObject({ ok: true });
  });

  it("makes everybody wait as long as a 429 says, without another call", async () => {
    let calls = 0;
    let now = NOW;
    const refuse = () => {
      calls += 1;
      return new Response(null, { status: 429, headers: { "retry-after": "30" } });
    };
    const client = clientOf(refuse, { clock: () => now });
    const ask = () => client.fetchObject("subscriptions", "7", "person");
    for (let turn = 0; turn < 5; turn += 1)
      expect(await ask()).toMatchObject({ code: "rate_limited" });
    expect(calls).toBe(1);
    now += 30_000;
    await ask();
    expect(calls).toBe(2);
  });

  it("stops background work while little is left of the provider's own minute", async () => {
    const client = clientOf(() =>
      Response.json({ data: subscription }, { headers: { "x-ratelimit-remaining": "59" } }),
    );
    expect(await client.fetchObject("subscriptions", "7")).toMatchObject({ ok: true });
    expect(await client.fetchObject("subscriptions", "7")).toMatchObject({ code: "rate_limited" });
    expect(await client.fetchObject("subscriptions", "7", "person")).toMatchObject({ ok: true });
  });

  it("serves people and nobody else while the quota is away", async () => {
    const away = () => Promise.reject(new Error("no object"));
    const client = clientOf(answering, { quota: { take: away, heed: away } });
    expect(await client.fetchObject("subscriptions", "7")).toMatchObject({ code: "rate_limited" });
    expect(await client.fetchObject("subscriptions", "7", "person")).toMatchObject({ ok: true });
  });
});

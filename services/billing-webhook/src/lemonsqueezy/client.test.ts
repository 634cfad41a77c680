import { describe, expect, it } from "vitest";

import { createLemonSqueezy, type NewCheckout } from "./client.ts";

const CHECKOUT: NewCheckout = {
  variantId: "401002",
  email: "ada@example.test",
  name: "Ada",
  ref: "checkout.k1.tag",
  redirectUrl: "https://app.test/checkout/return",
  expiresAt: Date.UTC(2026, 2, 2),
};

/** A client whose calls end in `answer`, and the request it made. */
const clientOf = (answer: (request: Request) => Promise<Response> | Response, timeoutMs = 1_000) =>
  createLemonSqueezy({
    baseUrl: "http://lemon.test",
    apiKey: "the-key",
    storeId: "100001",
    timeoutMs,
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
    [429, "unavailable"],
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
    expect(await clientOf(hang, 20).createCheckout(CHECKOUT)).toEqual({
      ok: false,
      code: "unavailable",
      detail: "TimeoutError",
    });
  });
});

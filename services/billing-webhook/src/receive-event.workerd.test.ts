import { fromHex } from "@luna/shared/bytes";
import { arrivalOf } from "@luna/shared/http/arrival";
import { newTrace } from "@luna/shared/trace";
import { createExecutionContext, runDurableObjectAlarm } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { billingOf } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import type { Env } from "./env.ts";
import { TEST_CONFIG } from "./fixtures/config.ts";
import { PURCHASE, purchase, SECOND, type EventOptions } from "./fixtures/events.ts";
import {
  count,
  deliver,
  env,
  inbox,
  settled,
  startAfresh,
  states,
  users,
  webhook,
} from "./fixtures/mesh.ts";
import { refFor } from "./fixtures/shop.ts";
import { sign } from "./fixtures/sign.ts";
import { openDoor } from "./public-door.ts";
import { receiveEvent } from "./receive-event.ts";
import { openBody, SEALED_COLUMNS, type SealedRow } from "./seal-body.ts";
import { service } from "./service.ts";

beforeEach(startAfresh);

const bought = purchase(1);
const created = (options: EventOptions = {}) =>
  bought.subscription("subscription_created", options);

describe("the door", () => {
  it("keeps the bytes that were signed and answers 200", async () => {
    const event = created();
    const response = await deliver(event);
    expect([response.status, await response.json()]).toEqual([200, { status: "stored" }]);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const kept = await env.DB.prepare(
      `SELECT ${SEALED_COLUMNS.text} FROM inbox`,
    ).first<SealedRow>();
    if (kept === null) throw new Error("nothing was kept");
    expect(new TextDecoder().decode((await openBody(kept)) ?? new Uint8Array())).toBe(event.body);
    // Sealed: a copy of the row's bytes says nothing.
    expect(new TextDecoder().decode(fromHex(kept.body) ?? new Uint8Array())).not.toContain(
      "subscription",
    );
    await settled();
  });

  it.each([
    ["is missing", () => Promise.resolve({})],
    ["is short", async (body: string) => ({ "x-signature": (await sign(body)).slice(1) })],
    ["is not hex", () => Promise.resolve({ "x-signature": "z".repeat(64) })],
    [
      "is in upper case",
      async (body: string) => ({ "x-signature": (await sign(body)).toUpperCase() }),
    ],
    ["is empty", () => Promise.resolve({ "x-signature": "" })],
    [
      "is of another secret",
      async (body: string) => ({ "x-signature": await sign(body, "other") }),
    ],
  ])("answers 401 and keeps nothing when the signature %s", async (_what, headersOf) => {
    const { body } = created();
    const headers: Record<string, string> = await headersOf(body);
    const response = await exports.default.fetch(webhook(body, headers));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "invalid_signature" });
    expect(await count("inbox")).toBe(0);
  });

  it("refuses the same JSON written anew under the old signature", async () => {
    const { body } = created();
    const again = JSON.stringify(JSON.parse(body));
    const response = await exports.default.fetch(
      webhook(again, { "x-signature": await sign(body) }),
    );
    expect(response.status).toBe(401);
  });

  it("accepts the previous secret", async () => {
    const { name, body } = created();
    const previous = await sign(body, TEST_CONFIG.LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS);
    const response = await exports.default.fetch(
      webhook(body, { "x-event-name": name, "x-signature": previous }),
    );
    expect(response.status).toBe(200);
    await settled();
  });

  it("refuses more than 256 KB before it looks at the signature", async () => {
    const response = await exports.default.fetch(webhook("x".repeat(256 * 1024 + 1), {}));
    expect(response.status).toBe(413);
  });

  it("knows nothing but the webhook and its own health", async () => {
    const paths = ["/", "/v1/billing/plans", "/v1/admin/billing/events", "/webhooks/sendgrid"];
    const answers = await Promise.all(
      paths.map((path) => exports.default.fetch(`http://billing.test${path}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(answers[0]?.headers.get("content-type")).toContain("application/problem+json");
    expect(answers[0]?.headers.get("x-frame-options")).toBe("DENY");
    const health = await exports.default.fetch("http://billing.test/health");
    expect([health.status, await health.json()]).toMatchObject([200, { status: "healthy" }]);
    const get = await exports.default.fetch("http://billing.test/webhooks/lemonsqueezy");
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("answers 429 to a flood, before it reads the body", async () => {
    const flooded = { ...env, FLOOD: { limit: async () => ({ success: false }) } };
    const request = webhook(created().body, {});
    const response = await openDoor(flooded, createExecutionContext(), request);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await response.json()).toMatchObject({ code: "rate_limited" });
  });

  it("answers 503 in production while no variant is mapped to a plan", async () => {
    const unmapped = { ...env, ENVIRONMENT: "production" } as unknown as Env;
    const request = webhook(created().body, {});
    const response = await openDoor(unmapped, createExecutionContext(), request);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: "misconfigured" },
    ]);
  });

  it("stays open when the flood limit is away", async () => {
    const away = { ...env, FLOOD: { limit: () => Promise.reject(new Error("away")) } };
    const request = webhook(created().body, {});
    expect((await openDoor(away, createExecutionContext(), request)).status).toBe(401);
  });
});

describe("after the signature nothing is refused", () => {
  const park = async (body: string, name = "subscription_created") => {
    const response = await deliver({ name, body });
    const [row] = await inbox();
    return [response.status, row?.state, row?.reason];
  };

  it.each([
    ["that is no JSON", "{"],
    ["that is empty", ""],
    ["without a meta object", '{"data":{}}'],
  ])("parks a body %s", async (_what, body) => {
    expect(await park(body)).toEqual([200, "parked", "unreadable"]);
  });

  it.each([
    ["nests a hundred thousand lists", "[".repeat(100_000)],
    ["names __proto__", '{"__proto__":{"meta":{}},"data":{"__proto__":null}}'],
    ["holds half a character", '{"meta":{"event_name":"\\ud800"},"data":{"type":"\\udfff"}}'],
    ["holds NUL", '{"meta":{"event_name":"a\\u0000b"},"data":{"type":"orders","id":"\\u0000"}}'],
    ["says everything twice", created().body.replace("{", '{"meta":{"event_name":"x"},')],
    ["counts beyond all numbers", created().body.replaceAll(/:\d+/g, ":1e999")],
  ])("answers 200 to a signed body that %s, and changes nothing", async (_what, body) => {
    expect((await deliver({ name: "subscription_created", body })).status).toBe(200);
    await settled();
    expect(await states()).not.toContain("dead");
    expect([await count("subscriptions"), await users.told()]).toEqual([0, []]);
  });

  it("parks another store's event", async () => {
    const { body } = created({ attributes: { store_id: 100_002 } });
    expect(await park(body)).toEqual([200, "parked", "wrong_store"]);
  });

  it("parks an event whose header says something else", async () => {
    expect(await park(created().body, "subscription_expired")).toEqual([
      200,
      "parked",
      "header_mismatch",
    ]);
  });

  it.each([
    ["gifts", {}, "unhandled_type"],
    ["subscriptions", { status: "asleep" }, "unexpected_shape"],
  ])("parks %s with %j as %s", async (type, attributes, reason) => {
    const event = created({ attributes });
    const body = event.body.replace('"type":"subscriptions"', `"type":"${type}"`);
    expect((await deliver({ name: event.name, body })).status).toBe(200);
    await settled();
    expect(await inbox()).toMatchObject([{ state: "parked", reason }]);
  });
});

describe("a repeat", () => {
  it("ten at once are one delivery, one change and one announcement", async () => {
    const event = created({ custom: { ref: await refFor("ada") } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(event)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await settled();
    expect(await inbox()).toMatchObject([{ state: "applied" }]);
    expect(await users.told()).toHaveLength(1);
    const changes = "SELECT COUNT(*) AS n FROM audit WHERE action = 'subscription.changed'";
    expect(await env.DB.prepare(changes).first("n")).toBe(1);
  });

  it("without an event id is known by its bytes", async () => {
    const event = created({ webhookId: null });
    await deliver(event);
    await deliver(event);
    await settled();
    expect(await count("inbox")).toBe(1);
  });

  it("with other bytes is kept beside the first and left to a person", async () => {
    const webhookId = "5f0c7a0e-0000-4000-8000-000000000001";
    await deliver(created({ webhookId }));
    await deliver(created({ webhookId, attributes: { status: "expired" } }));
    await settled();
    expect(await inbox()).toMatchObject([
      { state: "unlinked" },
      { state: "parked", reason: "conflicting_repeat" },
    ]);
  });
});

describe("a rightly signed body replayed years later", () => {
  const subscription = () => env.DB.prepare("SELECT * FROM subscriptions").first();

  it.each([
    ["is known by its id", async () => undefined],
    [
      "is known to be old even where the inbox has forgotten it",
      () => env.DB.exec("DELETE FROM inbox WHERE event_name = 'subscription_created'"),
    ],
  ])("changes nothing: it %s", async (_what, years) => {
    const custom = { ref: await refFor("ada") };
    const first = created({ custom });
    await deliver(first);
    await settled();
    await deliver(
      bought.subscription("subscription_expired", {
        at: PURCHASE + SECOND,
        attributes: { status: "expired" },
      }),
    );
    await settled();
    const before = [await subscription(), await users.told(), await count("audit")];
    await years();
    expect((await deliver(first)).status).toBe(200);
    await settled();
    expect([await subscription(), await users.told(), await count("audit")]).toEqual(before);
  });
});

describe("a body that does not arrive", () => {
  const door = (body: ReadableStream<Uint8Array>) =>
    openDoor(
      env,
      createExecutionContext(),
      new Request("https://billing.test/webhooks/lemonsqueezy", { method: "POST", body }),
    );
  const outcome = async (response: Response) => {
    const { code } = await response.json<{ code: string }>();
    return [response.status, code, await count("inbox")];
  };

  it("is not waited for without end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { promise: asked, resolve } = Promise.withResolvers<void>();
      const half = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"meta":')),
        pull: () => {
          resolve();
          return new Promise(() => {});
        },
      });
      const answer = door(half);
      await asked;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await outcome(await answer)).toEqual([503, "unavailable", 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is refused like that when its sender hangs up", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("Network connection lost.")),
    });
    expect(await outcome(await door(broken))).toEqual([503, "unavailable", 0]);
  });
});

describe("a crash between the acknowledgement and the work", () => {
  it("is made good by the alarm that was armed before", async () => {
    const event = created({ custom: { ref: await refFor("ada") } });
    const parts = service.open(env, createExecutionContext(), newTrace());
    if (parts === null) throw new Error("misconfigured");
    // Ten seconds ago: acknowledged, and then nothing more happened.
    const context = {
      billing: billingOf(parts, env.SWEEPER.getByName("billing")),
      trace: parts.trace,
      now: Date.now() - 10_000,
      applySoon: () => undefined,
    } as unknown as BillingContext;
    const headers = { "x-event-name": event.name, "x-signature": await sign(event.body) };
    const answer = await receiveEvent({}, context, arrivalOf(webhook(event.body, headers)));
    expect(answer).toMatchObject({ status: 200 });
    expect(await users.told()).toEqual([]);

    expect(await runDurableObjectAlarm(env.SWEEPER.getByName("billing"))).toBe(true);
    expect(await inbox()).toMatchObject([{ state: "applied" }]);
    expect(await users.told()).toMatchObject([{ tier: "pro", status: "active" }]);
  });
});

import { newApiKey } from "@luna/shared/api-key";
import { DENIAL_LIVES_MS } from "@luna/shared/rate-limiter/deny-cache";
import type { KeySet } from "@luna/shared/key-set";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, eventually, join, json, post, type Tokens, withinOneMinute } from "./people.ts";

const FREE = 100;
const BURST = 60;
const ADDRESS = 60;

let mesh: Mesh;
const me = (tokens: Tokens, headers: Record<string, string> = {}) =>
  mesh.fetch("/v1/me", { headers: { ...bearer(tokens), ...headers } });

/** The statuses of `count` requests, one after the other. */
const statusesOf = async (
  count: number,
  request: () => Promise<Response>,
): Promise<Record<number, number>> => {
  const seen: Record<number, number> = {};
  for (let left = count; left > 0; left -= 1) {
    const { status } = await request();
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
};

const pay = async (tokens: Tokens, plan: string): Promise<Response> => {
  const checkout = await mesh.fetch("/v1/billing/checkout", post({ plan }, bearer(tokens)));
  expect(checkout.status).toBe(201);
  const { url } = await checkout.json<{ url: string }>();
  return fetch(new URL("/emulator/pay", url), post({ email: tokens.user.email }));
};

/** workerd lets go of an object that nobody has asked for about ten seconds. */
const IDLE_MS = 12_000;

describe("the limits that were sold", () => {
  let ada: Tokens;
  /** Asks a burst before all other tests and one after them: in between her object falls asleep. */
  let ida: Tokens;
  let asleepAt: number;
  /** What the Subject decided says what is left; what took it too long may be counted all the same. */
  const seen = { admitted: 0, refused: 0, undecided: 0 };
  const askIda = async (count: number): Promise<string | null> => {
    let cacheStatus: string | null = null;
    for (let left = count; left > 0; left -= 1) {
      const { status, headers } = await me(ida);
      const decided = headers.has("ratelimit");
      seen[decided ? (status === 200 ? "admitted" : "refused") : "undecided"] += 1;
      cacheStatus = headers.get("cache-status");
    }
    return cacheStatus;
  };
  beforeAll(async () => {
    mesh = await startMesh({ rateLimitScale: 1 });
    ada = await join(mesh, "ada@example.com");
    ida = await join(mesh, "ida@example.com");
    await askIda(BURST);
    asleepAt = Date.now() + IDLE_MS;
  });
  afterAll(() => mesh.close());

  it("admit a free user exactly 100 times, and say when to come again", async () => {
    // 160 requests from one address: the address is not charged for who is known.
    expect(await statusesOf(FREE + 60, () => me(ada))).toEqual({ 200: FREE, 429: 60 });
    const refused = await me(ada);
    expect(refused.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await refused.json()).toMatchObject({
      code: "rate_limited",
      "violated-policies": expect.arrayContaining(["user"]),
    });
    const retryAfter = Number(refused.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(3_500);
    expect(retryAfter).toBeLessThanOrEqual(3_600);
    expect(refused.headers.get("ratelimit-policy")).toBe('"user";q=100;w=3600');
    expect(refused.headers.get("ratelimit")).toMatch(/^"user";r=0;t=\d+$/);
  });

  it("are no way around by a header", async () => {
    for (const name of ["x-forwarded-for", "cf-connecting-ip", "x-real-ip", "true-client-ip"])
      expect((await me(ada, { [name]: "203.0.113.9" })).status).toBe(429);
  });

  it("let whoever has used them up pay, and serve again within a second", async () => {
    expect((await me(ada)).status).toBe(429);
    expect((await pay(ada, "starter")).ok).toBe(true);
    const { SUBJECTS } = await mesh.server
      .getWorker<{ SUBJECTS: { getByName(id: string): { usage(): Promise<{ tier: string }> } } }>(
        "users",
      )
      .getEnv();
    await eventually("the plan", async () => {
      const { tier } = await SUBJECTS.getByName(ada.user.id).usage();
      return tier === "starter";
    });
    // Longer ago than any refusal is remembered.
    await new Promise((done) => void setTimeout(done, DENIAL_LIVES_MS));
    // These, too, are the plan's and not the address's.
    expect(await statusesOf(80, () => me(ada))).toEqual({ 200: 80 });
    const tier = (await json<{ tier: string }>(me(ada))).tier;
    expect(tier).toBe("starter");
  });

  it("of an address count its wrong guesses, and not who is known", async () => {
    const eve = await join(mesh, "eve@example.com");
    const guess = () => mesh.fetch("/v1/me", { headers: { authorization: "Bearer luna_live_x" } });
    const seen = await withinOneMinute(async () => {
      const guesses = await statusesOf(ADDRESS + 20, guess);
      return { guesses, known: (await me(eve)).status };
    });
    expect(seen).toEqual({ guesses: { 401: ADDRESS, 429: 20 }, known: 200 });
  });

  it("hold an API key to its day as well", async () => {
    const bob = await join(mesh, "bob@example.com");
    const made = await mesh.fetch("/v1/api-keys", post({ name: "ci" }, bearer(bob)));
    const { key } = await made.json<{ key: string }>();
    const answer = await mesh.fetch("/v1/me", { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ratelimit")).toMatch(/"user";r=98;.*"key";r=99;/);
  });

  it("are remembered by an object that the runtime has let go of", async () => {
    await new Promise((done) => void setTimeout(done, asleepAt - Date.now()));
    expect(seen.admitted).toBeGreaterThan(0);
    // What the edge kept lies under a version that only lives as long as the object.
    expect(await askIda(1)).not.toBe("luna; hit");
    await askIda(BURST);
    expect(seen.admitted).toBeLessThanOrEqual(FREE);
    expect(seen.admitted).toBeGreaterThanOrEqual(FREE - seen.undecided);
    expect(seen.refused).toBeGreaterThan(0);
  });
});

describe("an address without a name", () => {
  beforeAll(async () => {
    mesh = await startMesh({ rateLimitScale: 1 });
  });
  afterAll(() => mesh.close());

  it("may ask 60 times a minute, whatever it says it is", async () => {
    const { seen, refused } = await withinOneMinute(async () => {
      let request = 0;
      const statuses = await statusesOf(ADDRESS + 20, () => {
        request += 1;
        const claim = `203.0.113.${request}`;
        return mesh.fetch("/v1/billing/plans", {
          headers: { "cf-connecting-ip": claim, "x-forwarded-for": claim },
        });
      });
      return { seen: statuses, refused: await mesh.fetch("/v1/billing/plans") };
    });
    expect(seen).toEqual({ 200: ADDRESS, 429: 20 });
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit-policy")).toBe('"address";q=60;w=60');
    expect(await refused.json()).toMatchObject({ "violated-policies": ["address"] });
  });
});

describe("API keys that we did not make", () => {
  beforeAll(async () => {
    // Without users there is no Subject to ask: a key that is asked about is answered 503.
    mesh = await startMesh({ absent: { users: "down" } });
  });
  afterAll(() => mesh.close());

  it("are refused without a hop to any Subject", async () => {
    const alien = { current: "k1", keys: { k1: Buffer.alloc(32, 7).toString("base64url") } };
    const own = JSON.parse(mesh.secrets["KEY_TAG_KEYS"] ?? "") as KeySet;
    const claim = { subject: "0".repeat(28), keyId: "1".repeat(28) };
    const show = async (keys: KeySet) => {
      const { text } = await newApiKey(keys, claim);
      return mesh.fetch("/v1/me", { headers: { authorization: `Bearer ${text}` } });
    };
    expect(await statusesOf(200, () => show(alien))).toEqual({ 401: 200 });
    const degraded = () =>
      mesh.server.getLogs().filter(({ message }) => message.includes("ratelimit_degraded")).length;
    // A key of our own making is asked about: its line is the first of them, and the only one.
    expect((await show(own)).status).toBe(401);
    await eventually("its line", () => Promise.resolve(degraded() > 0));
    expect(degraded()).toBe(1);
  });
});

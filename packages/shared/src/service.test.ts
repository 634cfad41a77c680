import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { openTestD1 } from "./d1/sqlite-for-tests.ts";
import { sql } from "./d1/sql.ts";
import { TextSecret } from "./env.ts";
import { anonymous, user } from "./http/request-for-tests.ts";
import { reply } from "./http/reply.ts";
import { routesOf } from "./http/route.ts";
import type { RequestContext } from "./http/router.ts";
import type { Caller } from "./rpc/caller.ts";
import { answeredOf, askedText, type AskedText } from "./rpc/exchange.ts";
import { createService, type ServiceEnv } from "./service.ts";

const SECRET = "whsec_4f9a7c21b8e3";

interface Env extends ServiceEnv {
  SIGNING_SECRET: string;
}
interface Context extends RequestContext {
  answer(): Promise<unknown>;
}

const route = routesOf<Context>();
const routes = [
  route({
    method: "GET",
    path: "/v1/x/:id",
    access: "public",
    summary: "",
    answers: {},
    handler: async (_input, context) => reply(200, await context.answer()),
  }),
];
const service = createService({
  name: "test",
  config: v.object({ SIGNING_SECRET: TextSecret }),
  routes,
  context: (base: RequestContext, { db }): Context => ({
    ...base,
    answer: () => db.first(sql`SELECT 42 AS answer`),
  }),
});

const env = (change: Partial<Env> = {}): Env => ({
  DB: openTestD1("").d1,
  VERSION: { id: "v1" },
  SIGNING_SECRET: SECRET,
  ...change,
});
const ctx = { waitUntil: () => {} };
const hanging = () => {
  const statement = { bind: () => statement, first: () => new Promise(() => {}) };
  return { prepare: () => statement } as unknown as D1Database;
};

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const getBy = (
  caller: Caller,
  path: string,
  headers: Record<string, string> = {},
): [AskedText, null] => [
  askedText({ method: "GET", url: `https://a.test${path}`, headers, caller }),
  null,
];

describe("a service", () => {
  it("answers by its routes and its context", async () => {
    const answer = answeredOf(await service.exchange(env(), ctx, ...getBy(anonymous, "/v1/x/1")));
    expect([answer.status, answer.body]).toEqual([200, '{"answer":42}']);
  });

  it("writes one line per request, with its trace and without its query", async () => {
    const asked = getBy(user, "/v1/x/1?token=abc", { "x-request-id": "of-the-gateway" });
    await service.exchange(env(), ctx, ...asked);
    expect(lines).toMatchObject([
      {
        level: "info",
        message: "request",
        service: "test",
        version: "v1",
        requestId: "of-the-gateway",
        method: "GET",
        path: "/v1/x/1",
        status: 200,
        userId: "00u",
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain("abc");
  });

  it("answers a problem with the request id of the gateway", async () => {
    const asked = getBy(anonymous, "/nowhere", { "x-request-id": "of-the-gateway" });
    const { body } = answeredOf(await service.exchange(env(), ctx, ...asked));
    expect(JSON.parse(body ?? "")).toMatchObject({ status: 404, requestId: "of-the-gateway" });
  });

  it("answers 503 and names the variable to the log only when it is not set up", async () => {
    const broken = env({ SIGNING_SECRET: "x7kQ0zR_pl" });
    const said = await service.exchange(broken, ctx, ...getBy(anonymous, "/v1/x/1"));
    const { status, body } = answeredOf(said);
    expect([status, JSON.parse(body ?? "")]).toMatchObject([503, { code: "misconfigured" }]);
    expect(body).not.toContain("SIGNING_SECRET");
    expect(lines).toMatchObject([{ level: "error", variable: "SIGNING_SECRET" }]);
    expect(JSON.stringify(lines)).not.toContain("x7kQ0zR_pl");
  });

  it("has no parts for other work either when it is not set up", () => {
    const trace = { requestId: "request-1", traceId: "0".repeat(32), spanId: "0".repeat(16) };
    expect(service.open(env({ SIGNING_SECRET: "" }), ctx, trace)).toBeNull();
    expect(service.open(env(), ctx, trace)).toMatchObject({ config: { SIGNING_SECRET: SECRET } });
  });
});

describe("the health of a service", () => {
  it("is healthy when configuration and database are there", async () => {
    expect(await service.health(env())).toEqual({
      status: "healthy",
      version: "v1",
      checks: { configuration: true, database: true },
    });
  });

  it("says which variable is wrong, never its value", async () => {
    await service.health(env({ SIGNING_SECRET: "hunter2" }));
    expect(lines).toMatchObject([
      { level: "error", message: "misconfigured", variable: "SIGNING_SECRET" },
      { message: "misconfigured", variable: "SIGNING_SECRET", problem: "is easy to guess" },
    ]);
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });

  it("is unhealthy with a configuration that does not fit", async () => {
    expect(await service.health(env({ SIGNING_SECRET: "" }))).toMatchObject({
      status: "unhealthy",
      checks: { configuration: false, database: true },
    });
  });

  it("is told within a second though the database hangs", async () => {
    vi.useFakeTimers();
    const health = service.health(env({ DB: hanging() }));
    await vi.advanceTimersByTimeAsync(999);
    expect(await health).toMatchObject({ status: "unhealthy", checks: { database: false } });
  });
});

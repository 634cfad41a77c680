import { describe, expect, it } from "vitest";

import { createDeparture } from "./departure.ts";
import { Failure, problemAnswer, type ProblemCode } from "./problem.ts";
import { reply, replyAnswer } from "./reply.ts";

const REQUIRED = {
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "x-request-id": "request-1",
};

const depart = createDeparture({ vary: "Origin" });
const problem = (code: ProblemCode) => problemAnswer(new Failure(code, ""), "request-1");

describe("an answer that leaves", () => {
  it.each([
    ["200", replyAnswer(reply(200, {}))],
    ["204", replyAnswer(reply(204))],
    ["302", { status: 302, headers: { location: "/docs" }, body: null }],
    ["401", problem("unauthenticated")],
    ["404", problem("not_found")],
    ["429", problem("rate_limited")],
    ["500", problem("internal")],
    ["503", problem("unavailable")],
  ])("as a %s has the security headers, its door's and its request's id", (status, answer) => {
    const response = depart(answer, "request-1");
    expect(String(response.status)).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({ ...REQUIRED, vary: "Origin" });
  });

  it("keeps its own policy and caching, and loosens nothing else", () => {
    const headers = {
      "content-security-policy": "default-src 'self'",
      "cache-control": "public, max-age=300",
      "X-Frame-Options": "ALLOWALL",
      "x-content-type-options": "off",
      "x-request-id": "of-a-service",
      Vary: "Accept-Language",
    };
    const response = depart({ status: 200, headers, body: "" }, "request-1");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...REQUIRED,
      "content-security-policy": "default-src 'self'",
      "cache-control": "public, max-age=300",
      vary: "Origin",
    });
  });

  it("keeps its body, its type and its other headers", async () => {
    const page = {
      status: 200,
      headers: { "content-type": "text/html", etag: '"1"' },
      body: "<p>",
    };
    const response = depart(page, "request-1");
    expect([await response.text(), response.headers.get("etag")]).toEqual(["<p>", '"1"']);
    expect(response.headers.get("content-type")).toBe("text/html");
  });

  it.each([
    ["JSON says so", replyAnswer(reply(200, {})), "application/json; charset=utf-8"],
    ["a problem says so", problem("not_found"), "application/problem+json; charset=utf-8"],
    ["nothing claims no type", replyAnswer(reply(204)), null],
  ])("as %s", (_what, answer, type) => {
    expect(depart(answer, "request-1").headers.get("content-type")).toBe(type);
  });

  it("leaves nothing of itself to the next one", () => {
    const headers = { etag: '"1"', "cache-control": "public" };
    depart({ status: 200, headers, body: "" }, "request-1");
    const next = depart({ status: 200, headers: {}, body: "" }, "request-2").headers;
    expect([next.get("etag"), next.get("cache-control"), next.get("x-request-id")]).toEqual([
      null,
      "no-store",
      "request-2",
    ]);
  });
});

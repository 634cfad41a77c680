import { describe, expect, it } from "vitest";

import { Failure, problemResponse } from "./problem.ts";
import { responseOf } from "../rpc/exchange.ts";
import { reply, replyAnswer, type Reply } from "./reply.ts";
import { secured } from "./security-headers.ts";

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

const responseOfReply = (answer: Reply): Response => responseOf(replyAnswer(answer));

describe("the security headers", () => {
  it.each([
    ["200", responseOfReply(reply(200, {}))],
    ["204", responseOfReply(reply(204))],
    ["304", new Response(null, { status: 304 })],
    ["401", problemResponse(new Failure("unauthenticated", ""), "request-1")],
    ["404", problemResponse(new Failure("not_found", ""), "request-1")],
    ["429", problemResponse(new Failure("rate_limited", ""), "request-1")],
    ["500", problemResponse(new Failure("internal", ""), "request-1")],
    ["503", problemResponse(new Failure("unavailable", ""), "request-1")],
  ])("stand on an answer of %s", (status, response) => {
    const answer = secured(response, "request-1");
    expect(String(answer.status)).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(REQUIRED);
  });

  it("leave an answer its own policy and caching, and nothing else", () => {
    const own = new Response("", {
      headers: {
        "content-security-policy": "default-src 'self'",
        "cache-control": "public, max-age=300",
        "x-frame-options": "ALLOWALL",
        "x-content-type-options": "off",
        "x-request-id": "of-the-client",
      },
    });
    expect(Object.fromEntries(secured(own, "request-1").headers)).toMatchObject({
      ...REQUIRED,
      "content-security-policy": "default-src 'self'",
      "cache-control": "public, max-age=300",
    });
  });

  it("leave the body and the other headers as they were", async () => {
    const answer = secured(responseOfReply(reply(200, { a: 1 }, { etag: '"1"' })), "request-1");
    expect([await answer.text(), answer.headers.get("etag")]).toEqual(['{"a":1}', '"1"']);
  });

  it("are set on a copy when the answer came by fetch and its headers are sealed", async () => {
    const given = await fetch("data:text/plain,moon");
    const answer = secured(given, "request-1");
    expect(given.headers.has("x-frame-options")).toBe(false);
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect([answer.status, await answer.text()]).toEqual([200, "moon"]);
  });
});

import { parseList } from "structured-headers";
import { describe, expect, it } from "vitest";

import { rateLimitHeaders, retryAfterHeader, violatedPolicies } from "./headers.ts";
import { HOUR, SECOND, START } from "./simulation-for-tests.ts";

const state = (
  name: string,
  limit: number,
  windowMs: number,
  remaining: number,
  resetMs: number,
) => ({
  name,
  limit,
  windowMs,
  remaining,
  resetMs,
  shadow: false,
});
const user = state("user/hour", 1_000, HOUR, 812, 1_489_001);
const burst = state("burst", 50, 10 * SECOND, 0, 1);

describe("limit headers", () => {
  it("say quota and window, rest and seconds, rounded up", () => {
    expect(rateLimitHeaders([user, burst])).toEqual({
      "RateLimit-Policy": '"user/hour";q=1000;w=3600, "burst";q=50;w=10',
      RateLimit: '"user/hour";r=812;t=1490, "burst";r=0;t=1',
    });
  });

  it("are structured fields", () => {
    const headers = rateLimitHeaders([user]);
    expect(parseList(headers["RateLimit"] ?? "")).toEqual([
      [
        "user/hour",
        new Map([
          ["r", 812],
          ["t", 1490],
        ]),
      ],
    ]);
  });

  it("keep key ids and shadow policies to ourselves", () => {
    const key = { ...user, name: "key/day:k_1" };
    const shadow = { ...user, name: "trial", shadow: true };
    expect(rateLimitHeaders([key, shadow])["RateLimit"]).toBe('"key/day";r=812;t=1490');
    expect(violatedPolicies(["key/day:k_1", "burst"])).toEqual({
      "violated-policies": ["key/day", "burst"],
    });
    expect(rateLimitHeaders([shadow])).toEqual({});
  });

  it("send nobody back too early, and nobody back who never fits", () => {
    expect(retryAfterHeader(START + 1_001, START)).toEqual({ "Retry-After": "2" });
    expect(retryAfterHeader(START + 1_000, START)).toEqual({ "Retry-After": "1" });
    expect(retryAfterHeader(START, START)).toEqual({ "Retry-After": "1" });
    expect(retryAfterHeader(Infinity, START)).toEqual({});
  });
});

import * as fc from "fast-check";
import { parseList } from "structured-headers";
import { describe, expect, it } from "vitest";

import { problemAnswer } from "../http/problem.ts";
import { responseOf } from "../rpc/exchange.ts";
import { quotaExceeded, rateLimitHeaders, retryAfterHeader } from "./headers.ts";
import { Ledger } from "./ledger.ts";
import type { Policy } from "./policy.ts";
import { HOUR, SECOND, START } from "./simulation-for-tests.ts";
import { tooMany } from "./too-many.ts";

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

  it("keep key ids and shadow policies to ourselves", () => {
    const key = { ...user, name: "key/day:k_1" };
    const shadow = { ...user, name: "trial", shadow: true };
    expect(rateLimitHeaders([key, shadow])["RateLimit"]).toBe('"key/day";r=812;t=1490');
    expect(quotaExceeded(["key/day:k_1", "burst"])["violated-policies"]).toEqual([
      "key/day",
      "burst",
    ]);
    expect(rateLimitHeaders([shadow])).toEqual({});
  });

  it("send nobody back too early, and nobody back who never fits", () => {
    expect(retryAfterHeader(START + 1_001, START)).toEqual({ "Retry-After": "2" });
    expect(retryAfterHeader(START + 1_000, START)).toEqual({ "Retry-After": "1" });
    expect(retryAfterHeader(START, START)).toEqual({ "Retry-After": "1" });
    expect(retryAfterHeader(Infinity, START)).toEqual({});
  });
});

/** Policies as callers have them: any name, limit and window, some in trial, some with a key's id. */
const policies = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("user", "burst", "create", "key:k_1", "a b", 'quote"', "back\\slash"),
    limit: fc.integer({ min: 1, max: 20 }),
    windowMs: fc.integer({ min: 1, max: 5_000_000 }),
    kind: fc.constantFrom("rolling", "utc_day"),
    shadow: fc.boolean(),
  }) satisfies fc.Arbitrary<Policy>,
  { minLength: 1, maxLength: 5, selector: ({ name }) => name },
);

type Units = Record<string, number>;

/** The items of a field as a client reads them. */
const itemsOf = (field: string | null) =>
  parseList(field ?? "").map(([name, parameters]) => [name, Object.fromEntries(parameters)]);

describe("what a client reads of its limits", () => {
  const whole = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

  it("has the form of the draft, for any policies and any past", () => {
    fc.assert(
      fc.property(policies, fc.array(fc.nat(40_000), { maxLength: 40 }), (held, waits) => {
        const ledger = Ledger.restore(null, START);
        let now = START;
        for (const wait of waits) ledger.admit(held, 1, (now += wait));
        const headers = rateLimitHeaders(ledger.limits(held, now));
        const shown = held.filter(({ shadow }) => !shadow);
        const quotas = itemsOf(headers["RateLimit-Policy"] ?? null);
        const states = itemsOf(headers["RateLimit"] ?? null);
        const names = shown.map(({ name }) => name.split(":")[0]);
        expect(quotas.map(([name]) => name)).toEqual(names);
        expect(states.map(([name]) => name)).toEqual(names);
        for (const [, { q, w }] of quotas as [string, Units][])
          expect([whole(q), whole(w), (w ?? 0) > 0]).toEqual([true, true, true]);
        for (const [index, [, { r, t }]] of (states as [string, Units][]).entries())
          expect([whole(r), whole(t), (r ?? 0) <= (shown[index]?.limit ?? 0)]).toEqual([
            true,
            true,
            true,
          ]);
      }),
      { seed: 9 },
    );
  });

  it("sends a refused one back when it is let in, and not a second earlier", async () => {
    await fc.assert(
      fc.asyncProperty(policies, async (held) => {
        const ledger = Ledger.restore(null, START);
        let verdict = ledger.admit(held, 1, START);
        for (let hit = 0; hit < 20 && verdict.admitted; hit += 1)
          verdict = ledger.admit(held, 1, START);
        fc.pre(!verdict.admitted);
        const { violated, limits, retryAt } = verdict;
        const failure = tooMany({ violated, limits, retryAt: retryAt ?? Infinity }, START);
        const answer = responseOf(problemAnswer(failure, "r1"));
        const retryAfter = Number(answer.headers.get("retry-after"));

        const broken = new Set(violated.map((name) => name.split(":")[0]));
        const spent = (itemsOf(answer.headers.get("ratelimit")) as [string, Units][])
          .filter(([name]) => broken.has(name))
          .map(([, { r, t }]) => [r, retryAfter >= (t ?? Infinity)]);
        expect(spent).toEqual([...broken].map(() => [0, true]));
        expect(await answer.json()).toMatchObject({
          type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
          title: "Quota Exceeded",
          status: 429,
          code: "rate_limited",
          "violated-policies": [...broken],
        });
        expect(ledger.admit(held, 1, START + (retryAfter - 1) * SECOND).admitted).toBe(false);
        expect(ledger.admit(held, 1, START + retryAfter * SECOND).admitted).toBe(true);
      }),
      { seed: 10 },
    );
  });
});

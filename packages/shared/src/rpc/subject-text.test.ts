import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Admitted, Ask, Denied } from "./subject.ts";
import { answerOf, answerText, askOf, askText } from "./subject-text.ts";

const Id = fc.stringMatching(/^[\w-]{1,40}$/);
const Count = fc.nat();
const ScopeName = fc.constantFrom("read" as const, "write" as const);

const SomeAsk: fc.Arbitrary<Ask> = fc.record({
  credential: fc.oneof(
    fc.record({ kind: fc.constant("session" as const), sessionId: Id, generation: Count }),
    fc.record({ kind: fc.constant("key" as const), keyId: Id, secretHash: Id }),
  ),
  limit: fc.constantFrom("plan", "create", "account"),
  needs: ScopeName,
  cost: fc.integer({ min: 1, max: 1_000_000 }),
  mark: fc.option(Id),
  settled: fc.array(Id, { maxLength: 3 }),
});

const SomeAdmitted: fc.Arbitrary<Admitted> = fc.record({
  admitted: fc.constant(true as const),
  role: fc.constantFrom("user", "admin"),
  tier: fc.constantFrom("free", "starter", "pro", "enterprise"),
  scopes: fc.option(fc.uniqueArray(ScopeName)),
  version: fc.option(fc.uuid()),
  validUntil: fc.option(fc.nat(8_000_000_000_000)),
  rateLimit: fc.constantFrom(
    { policy: "", state: "" },
    {
      policy: '"user";q=100;w=3600, "burst";q=50;w=10',
      state: '"user";r=99;t=36, "burst";r=0;t=1',
    },
  ),
});

describe("what the gateway and a Subject tell each other", () => {
  it("is a question that arrives as it was asked", () => {
    const arrives = fc.property(SomeAsk, (ask) => {
      expect(askOf(askText(ask))).toEqual(ask);
    });
    fc.assert(arrives, { seed: 19, numRuns: 500 });
  });

  it("is an admission that arrives as it was given", () => {
    const arrives = fc.property(SomeAdmitted, (answer) => {
      expect(answerOf(answerText(answer))).toEqual(answer);
    });
    fc.assert(arrives, { seed: 19, numRuns: 500 });
  });

  it.each<[string, Denied]>([
    [
      "with its limits",
      {
        admitted: false,
        code: "rate_limited",
        limits: [{ name: "user", limit: 1, windowMs: 2, remaining: 0, resetMs: 3, shadow: false }],
        violated: ["user"],
        retryAt: 4,
      },
    ],
    ["for good", { admitted: false, code: "revoked", limits: [], violated: [], retryAt: null }],
  ])("is a denial %s", (_what, denied) => {
    expect(answerOf(answerText(denied))).toEqual(denied);
  });

  it("is nothing else", () => {
    expect(() => answerOf("")).toThrow(SyntaxError);
  });
});

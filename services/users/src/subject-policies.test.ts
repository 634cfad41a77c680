import { PLANS, TIERS } from "@luna/shared/plans";
import type { Presented } from "@luna/shared/rpc/subject";
import { describe, expect, it } from "vitest";

import { policiesFor } from "./subject-policies.ts";

const session: Presented = { kind: "session", sessionId: "s1", generation: 1 };
const key: Presented = { kind: "key", keyId: "k1", secretHash: "h" };

const limitsOf = (...asked: Parameters<typeof policiesFor>) =>
  Object.fromEntries(policiesFor(...asked).map(({ name, limit }) => [name, limit]));

describe("the policies of a request", () => {
  it.each([
    ["free", { user: 100 }],
    ["starter", { user: 1_000, burst: 100 }],
    ["pro", { user: 5_000, burst: 250 }],
    ["enterprise", { user: 10_000, burst: 500 }],
  ] as const)("are those of the plan %s", (tier, limits) => {
    expect(limitsOf(tier, "plan", session, 1)).toEqual(limits);
    const day = PLANS[tier].keyRequestsPerDay;
    expect(limitsOf(tier, "plan", key, 1)).toEqual({ ...limits, "key:k1": day });
    expect(limitsOf(tier, "create", session, 1)).toEqual({ ...limits, create: 100 });
  });

  it("leave what a plan sells reachable: bursts add up to the hour", () => {
    for (const tier of TIERS)
      for (const { limit, windowMs, kind } of policiesFor(tier, "plan", session, 1)) {
        const inAnHour = kind === "rolling" ? (limit * 3_600_000) / windowMs : limit;
        expect(inAnHour).toBeGreaterThanOrEqual(PLANS[tier].userRequestsPerHour);
      }
  });

  it("are none of the plan's where somebody must be able to pay or leave", () => {
    for (const credential of [session, key])
      expect(limitsOf("free", "account", credential, 1)).toEqual({ account: 60 });
  });

  it("are all multiplied by the scale, and never less than one", () => {
    expect(limitsOf("pro", "create", key, 0.5)).toEqual({
      user: 2_500,
      burst: 125,
      create: 50,
      "key:k1": 5_000,
    });
    expect(limitsOf("free", "create", key, 0.001)).toEqual({ user: 1, create: 1, "key:k1": 1 });
  });
});

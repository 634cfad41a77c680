import { describe, expect, it } from "vitest";

import { LOCAL_VARIANTS, PAID_TIERS, PLANS, TIERS } from "./plans.ts";

/** The table of limits in the public contract, word for word. */
const CONTRACT = `
| free | 100 | 100 |
| starter | 1,000 | 1,000 |
| pro | 5,000 | 10,000 |
| enterprise | 10,000 | 100,000 |`;

describe("the plans", () => {
  it("have the limits that the public contract promises", () => {
    const rows = Object.values(PLANS).map(({ tier, userRequestsPerHour, keyRequestsPerDay }) =>
      ["", tier, userRequestsPerHour, keyRequestsPerDay, ""]
        .map((cell) => cell.toLocaleString("en-US"))
        .join(" | ")
        .trim(),
    );
    expect(`\n${rows.join("\n")}`).toBe(CONTRACT);
  });

  it("allow ten live keys on free and a hundred above", () => {
    expect(TIERS.map((tier) => PLANS[tier].liveKeys)).toEqual([10, 100, 100, 100]);
  });

  it("are each listed once, under their own tier", () => {
    expect(Object.keys(PLANS).toSorted()).toEqual(TIERS.toSorted());
    expect(TIERS.map((tier) => PLANS[tier].tier)).toEqual(TIERS);
    expect(PAID_TIERS).toEqual(TIERS.filter((tier) => tier !== "free"));
  });

  it.each(["monthlyCents", "userRequestsPerHour", "keyRequestsPerDay", "liveKeys"] as const)(
    "never give less for more: %s",
    (figure) => {
      const figures = TIERS.map((tier) => PLANS[tier][figure]);
      expect(figures).toEqual(figures.toSorted((a, b) => a - b));
    },
  );

  it("have a variant of their own each at the local store", () => {
    expect(new Set(Object.values(LOCAL_VARIANTS)).size).toBe(PAID_TIERS.length);
  });
});

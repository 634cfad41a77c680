import { describe, expect, it } from "vitest";

import { foremost } from "./subscription.ts";

const one = (status: "active" | "expired" | "past_due" | "cancelled", createdAt: number) => ({
  status,
  createdAt,
});

describe("foremost", () => {
  it("is nothing when there is nothing", () => {
    expect(foremost([])).toBeNull();
  });

  it("prefers a living subscription to a newer dead one", () => {
    expect(foremost([one("expired", 9), one("past_due", 1), one("cancelled", 5)])).toEqual(
      one("past_due", 1),
    );
  });

  it("prefers the newer of two equals", () => {
    expect(foremost([one("active", 1), one("active", 2)])).toEqual(one("active", 2));
  });
});

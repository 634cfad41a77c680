import { describe, expect, it } from "vitest";

import { amountText } from "./invoice.ts";

describe("amountText", () => {
  it("repeats what the provider prints", () => {
    expect(amountText({ total: 4_900, currency: "USD", totalText: "$49.00" }, "de")).toBe("$49.00");
  });

  it("writes hundredths in the reader's way where the provider prints nothing", () => {
    expect(amountText({ total: 4_950, currency: "EUR", totalText: null }, "de")).toBe(
      "49,50\u00a0€",
    );
  });

  it("survives a locale that is none", () => {
    expect(amountText({ total: 100, currency: "EUR", totalText: null }, "??")).toBe("1.00 EUR");
  });
});

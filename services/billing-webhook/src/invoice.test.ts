import { describe, expect, it } from "vitest";

import { amountText } from "./invoice.ts";

describe("amountText", () => {
  it("is a decimal with its currency, which every language can word", () => {
    expect(amountText({ total: 4_900, currency: "USD", totalText: "$49.00" })).toBe("49.00 USD");
    expect(amountText({ total: 4_905, currency: "EUR", totalText: null })).toBe("49.05 EUR");
  });

  it("repeats what the provider prints for money without hundredths", () => {
    expect(amountText({ total: 490_000, currency: "JPY", totalText: "¥4,900" })).toBe("¥4,900");
  });

  it("survives a currency that is none", () => {
    expect(amountText({ total: 100, currency: "??", totalText: "1 gem" })).toBe("1 gem");
    expect(amountText({ total: 100, currency: "??", totalText: null })).toBe("1.00 ??");
  });
});

import { describe, expect, it } from "vitest";

import { failure } from "./outcome.ts";
import { settle, type Rules } from "./settle.ts";

const rules: Rules = { backoff: [1, 2, 4], onAmbiguous: "resend", now: 1_000, random: () => 0.5 };
const transient = failure("transient", "smtp_451");

describe("settle", () => {
  it("waits longer after every attempt and then gives up", () => {
    const next = [1, 2, 3, 4].map((attempts) => settle(attempts, transient, rules));
    expect(next.map(({ state, nextAt }) => [state, nextAt])).toEqual([
      ["retry", 2_000],
      ["retry", 3_000],
      ["retry", 5_000],
      ["dead", 1_000],
    ]);
  });

  it.each([
    [0, 1_800],
    [0.999_999, 2_200],
  ])("spreads a second by a fifth either way (%d)", (random, nextAt) => {
    expect(settle(1, transient, { ...rules, random: () => random }).nextAt).toBe(nextAt);
  });

  it("waits as long as the provider asks, if that is longer", () => {
    const asked = failure("transient", "http_429", "", 60_000);
    expect(settle(1, asked, rules).nextAt).toBe(61_000);
  });

  it("spends no attempt on a provider that refuses everyone", () => {
    const refused = settle(4, failure("provider", "http_401"), rules);
    expect(refused).toMatchObject({ state: "retry", attempts: 3, nextAt: 1_000 });
  });

  it("ends a mail that is at fault itself", () => {
    expect(settle(1, failure("permanent", "smtp_550"), rules).state).toBe("failed");
  });

  it("sends an unknown outcome again, or holds it, as its template says", () => {
    const unknown = failure("ambiguous", "smtp_cut_dot");
    expect(settle(1, unknown, rules).state).toBe("retry");
    expect(settle(4, unknown, rules).state).toBe("dead");
    expect(settle(1, unknown, { ...rules, onAmbiguous: "hold" }).state).toBe("held");
  });
});

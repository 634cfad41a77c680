import { TEMPLATE_NAMES, variablesOf } from "@luna/shared/rpc/mailer";
import { describe, expect, it } from "vitest";

import { expiryOf, POLICIES } from "./templates.ts";

const NOW = 1_000_000;
const HOUR = 60 * 60 * 1_000;

describe("the policy of a template", () => {
  it("ends every mail that carries a secret", () => {
    const secret = TEMPLATE_NAMES.filter((name) =>
      variablesOf(name).some(([, kind]) => kind === "secret"),
    );
    expect(secret).toContain("reset");
    for (const name of secret) expect(POLICIES[name].lifetimeMs).toBeGreaterThan(0);
  });

  it("sends what protects an account or money to the unsubscribed too, and no courtesy", () => {
    const courtesies = TEMPLATE_NAMES.filter((name) => !POLICIES[name].bypassesUnsubscribe);
    expect(courtesies).toEqual(["invitation", "payment_recovered", "plan_changed"]);
  });
});

describe("the expiry of a mail", () => {
  it("is the sender's, or the policy's when that is earlier", () => {
    expect(expiryOf({ template: "reset", expiresAt: NOW + 5 }, NOW)).toBe(NOW + 5);
    expect(expiryOf({ template: "reset", expiresAt: NOW + 99 * HOUR }, NOW)).toBe(NOW + HOUR);
    expect(expiryOf({ template: "plan_changed", expiresAt: null }, NOW)).toBe(NOW + 7 * 24 * HOUR);
  });

  it("is never for a receipt that sets none", () => {
    expect(expiryOf({ template: "receipt", expiresAt: null }, NOW)).toBeNull();
    expect(expiryOf({ template: "receipt", expiresAt: NOW + 5 }, NOW)).toBe(NOW + 5);
  });
});

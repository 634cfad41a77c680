import { checkEnv } from "@luna/shared/env";
import { LOCAL_VARIANTS } from "@luna/shared/plans";
import { describe, expect, it } from "vitest";

import { Config } from "./env.ts";
import { TEST_CONFIG } from "./fixtures/config.ts";

const check = (change: Record<string, string | undefined>) =>
  checkEnv({ ...TEST_CONFIG, ...change }, Config);

describe("the configuration", () => {
  it("sells the emulator's variants unless told otherwise", () => {
    expect(check({})).toMatchObject({ ok: true, value: { LEMONSQUEEZY_VARIANTS: LOCAL_VARIANTS } });
    const own = { starter: "1", pro: "2", enterprise: "3" };
    expect(check({ LEMONSQUEEZY_VARIANTS: JSON.stringify(own) })).toMatchObject({
      value: { LEMONSQUEEZY_VARIANTS: own },
    });
  });

  const problemsIn = (change: Record<string, string>) => {
    const checked = check({ ENVIRONMENT: "production", ...change });
    return checked.ok ? [] : checked.problems.map(({ variable }) => variable);
  };

  it.each([[""], [JSON.stringify(LOCAL_VARIANTS)]])(
    "sells nothing in production that is only the emulator's: %j",
    (LEMONSQUEEZY_VARIANTS) => {
      expect(problemsIn({ LEMONSQUEEZY_VARIANTS })).toEqual(["LEMONSQUEEZY_VARIANTS"]);
    },
  );

  it("is right in production once it names the store's variants", () => {
    const own = JSON.stringify({ starter: "1", pro: "2", enterprise: "3" });
    expect(problemsIn({ LEMONSQUEEZY_VARIANTS: own })).toEqual([]);
  });

  it("does without a previous secret", () => {
    expect(check({ LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS: undefined }).ok).toBe(true);
  });

  it.each([
    ["LEMONSQUEEZY_WEBHOOK_SECRET", undefined],
    ["LEMONSQUEEZY_WEBHOOK_SECRET", "secret"],
    ["LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS", "short"],
    ["LEMONSQUEEZY_API_KEY", ""],
    ["LEMONSQUEEZY_STORE_ID", ""],
    ["LEMONSQUEEZY_API_URL", "lemon"],
    ["LEMONSQUEEZY_VARIANTS", '{"pro":"2"}'],
    ["LEMONSQUEEZY_VARIANTS", '{"starter":"2","pro":"2","enterprise":"3"}'],
    ["LEMONSQUEEZY_VARIANTS", "{"],
    ["CHECKOUT_REF_KEY", "a plain text"],
  ])("is refused when %s is %j", (variable, value) => {
    const checked = check({ [variable]: value });
    const named = checked.ok ? [] : checked.problems.map((problem) => problem.variable);
    expect(new Set(named)).toEqual(new Set([variable]));
  });
});

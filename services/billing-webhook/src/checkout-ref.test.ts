import type { KeySet } from "@luna/shared/key-set";
import { describe, expect, it } from "vitest";

import { checkoutIdOf, refMatches, signRef, type Checkout } from "./checkout-ref.ts";

const key = (digit: string): string => digit.repeat(43).replace(/.$/, "A");
const KEYS: KeySet = { current: "k1", keys: { k1: key("E") } };
const ROTATED: KeySet = { current: "k2", keys: { k2: key("I"), k1: key("E") } };
const CHECKOUT: Checkout = {
  id: "0001m7y1r9djsfes60tcbxrphf6m",
  owner: { kind: "user", id: "ada" },
  variantId: "401002",
};

describe("a checkout reference", () => {
  it("is believed for the checkout it was signed for", async () => {
    const ref = await signRef(KEYS, CHECKOUT);
    expect(checkoutIdOf(ref)).toBe(CHECKOUT.id);
    expect(await refMatches(KEYS, ref, CHECKOUT)).toBe(true);
  });

  it.each([
    ["another owner", { owner: { kind: "user" as const, id: "mallory" } }],
    ["a team of the same id", { owner: { kind: "team" as const, id: "ada" } }],
    ["another variant", { variantId: "401003" }],
    ["another checkout", { id: "0001m7y1r9djsfes60tcbxrphf6n" }],
  ])("is not believed for %s", async (_what, change) => {
    const ref = await signRef(KEYS, CHECKOUT);
    expect(await refMatches(KEYS, ref, { ...CHECKOUT, ...change })).toBe(false);
  });

  it("outlives a rotation of the key until the key is removed", async () => {
    const ref = await signRef(KEYS, CHECKOUT);
    expect(await refMatches(ROTATED, ref, CHECKOUT)).toBe(true);
    const removed: KeySet = { current: "k2", keys: { k2: key("I") } };
    expect(await refMatches(removed, ref, CHECKOUT)).toBe(false);
  });

  it.each([
    "",
    "ada",
    "a.b",
    `${CHECKOUT.id}.k1.short`,
    `../x.k1.${"A".repeat(43)}`,
    `${CHECKOUT.id}.k1.${"A".repeat(43)}.more`,
  ])("is not one: %j", (text) => {
    expect(checkoutIdOf(text)).toBeNull();
  });
});

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { newSigningKey } from "./forge-for-tests.ts";
import { publicKeysOf, SigningKeys } from "./keys.ts";

describe("the published key set", () => {
  it("holds every listed key, with public members only", async () => {
    const standby = { ...(await newSigningKey()), key_ops: ["sign"], oth: "secret" };
    const set = { current: "k1", keys: { k1: await newSigningKey(), k2: standby } };
    const published = publicKeysOf(v.parse(SigningKeys, set));
    expect(published.keys.map((key) => key.kid)).toEqual(["k1", "k2"]);
    const members = new Set(published.keys.flatMap((key) => Object.keys(key)));
    expect([...members].toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  it("never spells a private scalar, even when it is given one it should not have", async () => {
    const set = { current: "k1", keys: { k1: await newSigningKey() } };
    expect(JSON.stringify(publicKeysOf(set))).not.toContain(set.keys.k1.d);
  });
});

describe("TOKEN_KEYS", () => {
  it.each([
    ["a current key that is not listed", { current: "k2" }],
    ["a current key of every object", { current: "constructor" }],
    ["no keys", { keys: {} }],
    ["a field nobody knows", { previous: "k0" }],
  ])("is refused with %s", async (_name, change) => {
    const set = { current: "k1", keys: { k1: await newSigningKey() }, ...change };
    expect(v.is(SigningKeys, set)).toBe(false);
  });

  it.each([
    ["the public half only", { d: undefined }],
    ["another curve", { crv: "P-384" }],
    ["another kind of key", { kty: "oct" }],
    ["a short scalar", { d: "AAAA" }],
    ["a padded coordinate", { x: `${"A".repeat(43)}=` }],
    ["a coordinate that is not base64url", { y: "+".repeat(43) }],
  ])("is refused with a key of %s", async (_name, change) => {
    const set = { current: "k1", keys: { k1: { ...(await newSigningKey()), ...change } } };
    expect(v.is(SigningKeys, set)).toBe(false);
  });
});

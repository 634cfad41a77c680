import { beforeAll, describe, expect, it } from "vitest";

import { AUDIENCE } from "./claims.ts";
import {
  forge,
  goodClaims,
  goodHeader,
  ISSUER,
  KID,
  newSigningKey,
  newSigningKeys,
  NOW,
  NOW_S,
} from "./forge-for-tests.ts";
import { publicKeysOf, type SigningKeys } from "./keys.ts";
import { createSigner, createVerifier, type Verify } from "./token-service.ts";

const { jti: _, ...signable } = goodClaims;

let keys: SigningKeys;
let verify: Verify;
beforeAll(async () => {
  keys = await newSigningKeys();
  verify = createVerifier(publicKeysOf(keys), ISSUER, AUDIENCE);
});

const codeOf = async (token: string, now = NOW): Promise<string> => {
  const result = await verify(token, now);
  return result.ok ? "accepted" : result.code;
};
const withClaims = (change: Record<string, unknown>): Promise<string> =>
  forge(keys, goodHeader, { ...goodClaims, ...change });

describe("an access token", () => {
  it("is accepted with the claims it was signed with", async () => {
    const result = await verify(await createSigner(keys)(signable), NOW);
    expect(result).toMatchObject({ ok: true, value: signable });
  });

  it("carries another jti each time", async () => {
    const sign = createSigner(keys);
    const tokens = [await sign(signable), await sign(signable)];
    const results = await Promise.all(tokens.map((token) => verify(token, NOW)));
    expect(new Set(results.map((result) => result.ok && result.value.jti)).size).toBe(2);
  });

  it("leaves the claims it was given untouched", async () => {
    const given = Object.freeze({ ...signable });
    await createSigner(keys)(given);
    expect(given).toEqual(signable);
  });

  it("counts until the millisecond before exp and not at exp", async () => {
    const token = await withClaims({});
    const exp = goodClaims.exp * 1_000;
    expect([await codeOf(token, exp - 1), await codeOf(token, exp)]).toEqual([
      "accepted",
      "expired",
    ]);
  });

  it("counts from five seconds before nbf, for clocks that differ", async () => {
    const token = await withClaims({ nbf: NOW_S + 5 });
    expect([await codeOf(token), await codeOf(token, NOW - 1)]).toEqual(["accepted", "expired"]);
  });

  it("is judged by the given clock alone, whatever the machine's says", async () => {
    const token = await withClaims({ iat: 1_000, nbf: 1_000, exp: 2_000 });
    expect(await codeOf(token, 1_500_000)).toBe("accepted");
  });

  it("is not told to be expired unless its signature holds", async () => {
    const stranger = await newSigningKeys();
    const token = await forge(stranger, goodHeader, { ...goodClaims, nbf: 1, exp: 2 });
    expect(await codeOf(token)).toBe("bad_signature");
  });
});

describe("a signed token with other claims", () => {
  it.each([
    ["another issuer", { iss: "https://evil.test" }, "wrong_audience"],
    ["an issuer that only begins like ours", { iss: `${ISSUER}.evil.test` }, "wrong_audience"],
    ["another audience", { aud: "luna-mail" }, "wrong_audience"],
    ["a list of audiences that holds ours", { aud: [AUDIENCE] }, "malformed"],
    ["no exp", { exp: undefined }, "malformed"],
    ["exp zero", { exp: 0 }, "malformed"],
    ["exp as text", { exp: String(NOW_S + 900) }, "malformed"],
    ["exp never", { exp: "never" }, "malformed"],
    ["exp null", { exp: null }, "malformed"],
    ["exp with a fraction", { exp: NOW_S + 0.5 }, "malformed"],
    ["exp in the past", { exp: NOW_S - 1 }, "expired"],
    ["no nbf", { nbf: undefined }, "malformed"],
    ["nbf beyond the skew", { nbf: NOW_S + 6 }, "expired"],
    ["iat as text", { iat: "1" }, "malformed"],
    ["no jti", { jti: undefined }, "malformed"],
    ["a role nobody has", { role: "root" }, "malformed"],
    ["a negative generation", { gen: -1 }, "malformed"],
    ["a claim that we never sign", { scope: "admin" }, "malformed"],
  ])("is refused: %s", async (_name, change, code) => {
    expect(await codeOf(await withClaims(change))).toBe(code);
  });

  it.each([
    ["null", "null"],
    ["an array", "[]"],
    ["a string", '"sub"'],
    ["nothing", ""],
    ["not JSON", "{sub:1}"],
    ["a byte order mark before the JSON", `\uFEFF${JSON.stringify(goodClaims)}`],
  ])("is refused when the payload is %s", async (_name, payload) => {
    expect(await codeOf(await forge(keys, goodHeader, payload))).toBe("malformed");
  });
});

describe("a rotated key", () => {
  it("is trusted while it is listed and refused once it is not", async () => {
    const token = await createSigner(keys)(signable);
    const next = await newSigningKey();
    const both: SigningKeys = { current: "k2", keys: { ...keys.keys, k2: next } };
    const after: SigningKeys = { current: "k2", keys: { k2: next } };
    const outcomes = [both, after].map(async (set) => {
      const result = await createVerifier(publicKeysOf(set), ISSUER, AUDIENCE)(token, NOW);
      return result.ok ? "accepted" : result.code;
    });
    expect(await Promise.all(outcomes)).toEqual(["accepted", "unknown_key"]);
  });

  it("does not verify what another key of the set signed", async () => {
    const both: SigningKeys = { current: KID, keys: { ...keys.keys, k2: await newSigningKey() } };
    const verifyBoth = createVerifier(publicKeysOf(both), ISSUER, AUDIENCE);
    const token = await forge(keys, { ...goodHeader, kid: "k2" }, goodClaims);
    expect(await verifyBoth(token, NOW)).toMatchObject({ ok: false, code: "bad_signature" });
  });
});

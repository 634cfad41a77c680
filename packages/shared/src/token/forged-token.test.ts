import { beforeAll, describe, expect, it } from "vitest";

import { fromBase64Url, toBase64Url, utf8 } from "../bytes.ts";
import { AUDIENCE } from "./claims.ts";
import {
  forge,
  forgeHmac,
  goodClaims,
  goodHeader,
  ISSUER,
  KID,
  newSigningKeys,
  NOW,
  unsigned,
} from "./forge-for-tests.ts";
import { publicKeysOf, type SigningKeys } from "./keys.ts";
import { createVerifier, type Verify } from "./token-service.ts";

let keys: SigningKeys;
let verify: Verify;
let token: string;
beforeAll(async () => {
  keys = await newSigningKeys();
  verify = createVerifier(publicKeysOf(keys), ISSUER, AUDIENCE);
  token = await forge(keys, goodHeader, goodClaims);
});

const codeOf = async (text: string): Promise<string> => {
  const result = await verify(text, NOW);
  return result.ok ? "accepted" : result.code;
};

describe("a signed header", () => {
  it.each([
    ["alg none", { alg: "none" }],
    ["alg none in mixed case", { alg: "nOnE" }],
    ["alg HS256", { alg: "HS256" }],
    ["alg ES384", { alg: "ES384" }],
    ["alg in lower case", { alg: "es256" }],
    ["alg as a list", { alg: ["ES256"] }],
    ["no alg", { alg: undefined }],
    ["no typ", { typ: undefined }],
    ["the typ of another kind of token", { typ: "JWT" }],
    ["the long spelling of the typ", { typ: "application/at+jwt" }],
    ["jku", { jku: "https://evil.test/jwks.json" }],
    ["jwk", { jwk: { kty: "EC" } }],
    ["x5u", { x5u: "https://evil.test/cert" }],
    ["x5c", { x5c: ["MIIB"] }],
    ["crit", { crit: ["exp"] }],
    ["b64", { b64: false, crit: ["b64"] }],
    ["zip", { zip: "DEF" }],
    ["a kid that is a number", { kid: 1 }],
    ["a kid that is a list", { kid: [KID] }],
    ["a constructor key", { constructor: 1 }],
  ])("is refused: %s", async (_name, change) => {
    expect(await codeOf(await forge(keys, { ...goodHeader, ...change }, goodClaims))).toBe(
      "malformed",
    );
  });

  it.each(["k2", "", "__proto__", "constructor", "toString", "hasOwnProperty", "../k1", "k1\0"])(
    "is refused: the unknown kid %j",
    async (kid) => {
      const header = { ...goodHeader, kid };
      expect(await codeOf(await forge(keys, header, goodClaims))).toBe("unknown_key");
    },
  );

  it.each(["null", "[]", '"ES256"', "{}", "", "{"])("is refused: %s", async (header) => {
    expect(await codeOf(await forge(keys, header, goodClaims))).toBe("malformed");
  });

  it("is refused when it hides the prototype of an object", async () => {
    const header = `{"__proto__":{"jku":"https://evil.test"},${JSON.stringify(goodHeader).slice(1)}`;
    expect(await codeOf(await forge(keys, header, goodClaims))).toBe("malformed");
  });

  it("counts as its last duplicate key says, so no second reading exists", async () => {
    const header = '{"alg":"ES256","typ":"at+jwt","kid":"k1","alg":"none"}';
    expect(await codeOf(await forge(keys, header, goodClaims))).toBe("malformed");
  });
});

describe("a forger without the private key", () => {
  it("gets nowhere with an unsigned token", async () => {
    const text = unsigned({ ...goodHeader, alg: "none" }, goodClaims);
    expect([await codeOf(text), await codeOf(`${text}.`)]).toEqual(["malformed", "malformed"]);
  });

  it("gets nowhere by cutting the signature off a good token", async () => {
    const [header, payload] = token.split(".");
    expect(await codeOf(`${header}.${payload}.`)).toBe("malformed");
  });

  it.each([
    ["its coordinates", (x: string, y: string) => fromBase64Url(x + y)],
    ["its x as text", (x: string) => utf8(x)],
    ["its JWK as text", (x: string, y: string) => utf8(JSON.stringify({ kty: "EC", x, y }))],
  ])("gets nowhere with HS256 under the public key: %s", async (_name, secretOf) => {
    const { x = "", y = "" } = publicKeysOf(keys).keys[0] ?? {};
    const secret = secretOf(x, y) ?? utf8(x);
    const honest = await forgeHmac(secret, { ...goodHeader, alg: "HS256" }, goodClaims);
    const lying = await forgeHmac(secret, goodHeader, goodClaims);
    expect([await codeOf(honest), await codeOf(lying)]).toEqual(["malformed", "malformed"]);
  });

  it("gets nowhere with a key of his own under our kid", async () => {
    const stranger = await newSigningKeys();
    expect(await codeOf(await forge(stranger, goodHeader, goodClaims))).toBe("bad_signature");
  });

  it.each([
    ["zeros", new Uint8Array(64)],
    ["r and s of one", new Uint8Array(64).fill(0).with(31, 1).with(63, 1)],
    ["ones", new Uint8Array(64).fill(255)],
  ])("gets nowhere with a signature of %s", async (_name, signature) => {
    const text = `${unsigned(goodHeader, goodClaims)}.${toBase64Url(signature)}`;
    expect(await codeOf(text)).toBe("bad_signature");
  });

  it("gets nowhere by raising his role under a good signature", async () => {
    const [, , signature] = token.split(".");
    const text = unsigned(goodHeader, { ...goodClaims, role: "admin" });
    expect(await codeOf(`${text}.${signature}`)).toBe("bad_signature");
  });
});

import { isDeepStrictEqual } from "node:util";

import * as fc from "fast-check";
import { createLocalJWKSet, jwtVerify, type JWTPayload } from "jose";
import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";

import { fromBase64Url } from "../bytes.ts";
import { AUDIENCE, Claims, TOKEN_TYPE, TokenHeader } from "./claims.ts";
import {
  forge,
  goodClaims,
  goodHeader,
  ISSUER,
  newSigningKeys,
  NOW,
  NOW_S,
} from "./forge-for-tests.ts";
import { publicKeysOf, type SigningKeys } from "./keys.ts";
import { createSigner, createVerifier, type Verify } from "./token-service.ts";

const SEED = 20_261_121;

let keys: SigningKeys;
let verify: Verify;
let joseKeys: ReturnType<typeof createLocalJWKSet>;
beforeAll(async () => {
  keys = await newSigningKeys();
  verify = createVerifier(publicKeysOf(keys), ISSUER, AUDIENCE);
  joseKeys = createLocalJWKSet(publicKeysOf(keys));
});

/** The oracle's claims, or `null`. `clockTolerance` is in seconds. */
const jose = async (token: string, clockTolerance = 0): Promise<JWTPayload | null> => {
  try {
    const options = { issuer: ISSUER, audience: AUDIENCE, typ: TOKEN_TYPE, algorithms: ["ES256"] };
    const currentDate = new Date(NOW);
    const verified = await jwtVerify(token, joseKeys, { ...options, clockTolerance, currentDate });
    return verified.payload;
  } catch {
    return null;
  }
};

const ours = async (token: string): Promise<Claims | null> => {
  const result = await verify(token, NOW);
  return result.ok ? result.value : null;
};

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64Url(part) ?? new Uint8Array())) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * Where we are stricter than jose on purpose: one spelling per token (canonical base64url), no
 * header member beyond alg, typ and kid, and exactly the claims that we sign.
 */
const isStricter = (token: string): boolean => {
  const parts = token.split(".");
  const [header = "", payload = ""] = parts;
  return (
    parts.some((part) => fromBase64Url(part) === null) ||
    !v.is(TokenHeader, decoded(header)) ||
    !v.is(Claims, decoded(payload))
  );
};

const Value = fc.oneof(
  fc.constantFrom(undefined, null, 0, 1, -1, "", "none", "HS256", "k2", "__proto__", "admin", true),
  fc.integer({ min: NOW_S - 10, max: NOW_S + 10 }),
  fc.constantFrom(ISSUER, AUDIENCE, [AUDIENCE], {}, [], ["exp"], 1e300, 1.5),
);
const change = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), Value, { maxKeys: 2, noNullPrototype: true });
const HEADER_NAMES = ["alg", "typ", "kid", "crit", "jku", "jwk", "x5c", "b64", "cty"];
const CLAIM_NAMES = [...Object.keys(goodClaims), "scope"];

const ALPHABET = "ABCXYZabcxyz0189-_+/=. \n~é";
const edit = fc.record({
  at: fc.nat({ max: 700 }),
  remove: fc.nat({ max: 2 }),
  insert: fc.string({ unit: fc.constantFrom(...ALPHABET.split("")), maxLength: 2 }),
});

/** What the two say differently about a token beyond our strictness, or `null`. */
const disagreement = async (token: string): Promise<string | null> => {
  const accepted = await ours(token);
  if (accepted !== null)
    return isDeepStrictEqual(await jose(token, 5), accepted) ? null : "only we accept it";
  return isStricter(token) || (await jose(token)) === null ? null : "only jose accepts it";
};

describe("our verifier and jose", () => {
  it("agree on what our signer makes", async () => {
    const { jti: _, ...claims } = goodClaims;
    const token = await createSigner(keys)(claims);
    expect(await jose(token)).toEqual(await ours(token));
    expect(await ours(token)).not.toBeNull();
  });

  it("agree on signed tokens with any header and claims, but for our strictness", async () => {
    await fc.assert(
      fc.asyncProperty(change(HEADER_NAMES), change(CLAIM_NAMES), async (header, claims) => {
        const token = await forge(keys, { ...goodHeader, ...header }, { ...goodClaims, ...claims });
        expect(await disagreement(token)).toBeNull();
      }),
      { seed: SEED, numRuns: 800 },
    );
  });

  it("agree on good tokens whose text was changed anywhere, but for our strictness", async () => {
    const token = await forge(keys, goodHeader, goodClaims);
    await fc.assert(
      fc.asyncProperty(edit, async ({ at, remove, insert }) => {
        const changed = token.slice(0, at) + insert + token.slice(at + remove);
        expect(await disagreement(changed)).toBeNull();
      }),
      { seed: SEED, numRuns: 800 },
    );
  });

  it("accept the change of no single bit", async () => {
    const token = await forge(keys, goodHeader, goodClaims);
    const bent = Array.from(token, (character, at) =>
      Array.from(
        { length: 7 },
        (_, bit) =>
          token.slice(0, at) +
          String.fromCharCode(character.charCodeAt(0) ^ (1 << bit)) +
          token.slice(at + 1),
      ),
    ).flat();
    const results = await Promise.all(bent.map(ours));
    expect(results.filter((result) => result !== null)).toEqual([]);
  });
});

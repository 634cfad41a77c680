import { sign, verify } from "@tsndr/cloudflare-worker-jwt";
import * as v from "valibot";

import { fromBase64Url, newToken } from "../bytes.ts";
import { err, ok, type Result } from "../rpc/result.ts";
import { Claims, TOKEN_TYPE, TokenHeader } from "./claims.ts";
import type { JwkSet, PublicJwk, SigningKeys } from "./keys.ts";

/** Our tokens are about 600 characters; a longer one costs time to parse and cannot be ours. */
const MAX_TOKEN_CHARACTERS = 4_096;
/** Clocks of two data centres may differ by this much. Seconds. */
const SKEW_S = 5;

export type Refusal = "malformed" | "unknown_key" | "bad_signature" | "expired" | "wrong_audience";

const decodeJson = (part: string): unknown => {
  const bytes = fromBase64Url(part);
  if (bytes === null) return undefined;
  try {
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    ) as unknown;
  } catch {
    return undefined;
  }
};

const curve = { name: "ECDSA", namedCurve: "P-256" } as const;

const importPublic = ({ kty, crv, x, y }: PublicJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, false, ["verify"]);

/** A verifier for one issuer and audience. Keys are imported once and kept by kid. */
export const createVerifier = (jwks: JwkSet, issuer: string, audience: string) => {
  const imported = new Map<string, CryptoKey>();

  const keyOf = async (kid: string): Promise<CryptoKey | null> => {
    const known = imported.get(kid);
    if (known !== undefined) return known;
    const jwk = jwks.keys.find((key) => key.kid === kid);
    if (jwk === undefined) return null;
    const key = await importPublic(jwk);
    imported.set(kid, key);
    return key;
  };

  /**
   * The claims of a token we signed that is valid at `now` (ms). The library alone has sharp edges
   * (it throws on junk, trusts the header's algorithm, accepts tokens without an expiry), so the
   * form is checked before it and the content after it.
   */
  return async (token: string, now: number): Promise<Result<Claims, Refusal>> => {
    const parts = token.split(".");
    const [headerPart = "", payloadPart = "", signaturePart = ""] = parts;
    if (token.length > MAX_TOKEN_CHARACTERS || parts.length !== 3) return err("malformed");
    const header = v.safeParse(TokenHeader, decodeJson(headerPart));
    if (!header.success || fromBase64Url(signaturePart)?.length !== 64) return err("malformed");
    const claims = v.safeParse(Claims, decodeJson(payloadPart));
    if (!claims.success) return err("malformed");

    const key = await keyOf(header.output.kid);
    if (key === null) return err("unknown_key");
    if (!(await signatureHolds(token, key))) return err("bad_signature");

    const { iss, aud, exp, nbf } = claims.output;
    const seconds = now / 1_000;
    if (iss !== issuer || aud !== audience) return err("wrong_audience");
    if (seconds >= exp || seconds + SKEW_S < nbf) return err("expired");
    return ok(claims.output);
  };
};

export type Verify = ReturnType<typeof createVerifier>;

/** The library looks at exp and nbf by its own clock, before the signature: an endless tolerance leaves time to us. */
const signatureHolds = async (token: string, key: CryptoKey): Promise<boolean> => {
  try {
    const options = { algorithm: "ES256", clockTolerance: Number.POSITIVE_INFINITY };
    return (await verify(token, key, options)) !== undefined;
  } catch {
    return false;
  }
};

/** A signer for the current key of the set. */
export const createSigner = (keys: SigningKeys) => {
  let imported: CryptoKey | undefined;
  return async (claims: Omit<Claims, "jti">): Promise<string> => {
    const jwk = keys.keys[keys.current];
    if (jwk === undefined) throw new Error("a parsed key set lists its current key");
    imported ??= await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]);
    return sign({ ...claims, jti: newToken() }, imported, {
      algorithm: "ES256",
      header: { typ: TOKEN_TYPE, kid: keys.current },
    });
  };
};

export type Sign = ReturnType<typeof createSigner>;

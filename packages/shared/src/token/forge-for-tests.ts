import { toBase64Url, utf8 } from "../bytes.ts";
import { AUDIENCE, TOKEN_TYPE, type Claims } from "./claims.ts";
import type { SigningKeys } from "./keys.ts";

/** The instant at which the tests' tokens are valid. Milliseconds, like every `now`. */
export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
export const NOW_S = NOW / 1_000;
export const ISSUER = "https://api.luna.test";
export const KID = "k1";

const curve = { name: "ECDSA", namedCurve: "P-256" } as const;

type SigningKey = SigningKeys["keys"][string];

export const newSigningKey = async (): Promise<SigningKey> => {
  const pair = (await crypto.subtle.generateKey(curve, true, ["sign"])) as CryptoKeyPair;
  const jwk = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as JsonWebKey;
  const { x = "", y = "", d = "" } = jwk;
  return { kty: "EC", crv: "P-256", x, y, d };
};

export const newSigningKeys = async (): Promise<SigningKeys> => ({
  current: KID,
  keys: { [KID]: await newSigningKey() },
});

export const goodHeader = { alg: "ES256", typ: TOKEN_TYPE, kid: KID };

export const goodClaims: Claims = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: "00user",
  sid: "00session",
  gen: 0,
  role: "user",
  iat: NOW_S,
  nbf: NOW_S,
  exp: NOW_S + 900,
  jti: "j1",
};

/** Header and payload as the text to be signed; strings are taken as they are. */
export const unsigned = (header: unknown, payload: unknown): string =>
  [header, payload]
    .map((part) => toBase64Url(utf8(typeof part === "string" ? part : JSON.stringify(part))))
    .join(".");

/** Signs anything with our own key: what a signer with a bug, or a thief, could make. */
export const forge = async (
  keys: SigningKeys,
  header: unknown,
  payload: unknown,
): Promise<string> => {
  const jwk = keys.keys[KID];
  if (jwk === undefined) throw new Error("the set has no such key");
  const key = await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]);
  const text = unsigned(header, payload);
  const signature = await crypto.subtle.sign({ ...curve, hash: "SHA-256" }, key, utf8(text));
  return `${text}.${toBase64Url(signature)}`;
};

/** What somebody who knows only the public key can do: HMAC under its bytes. */
export const forgeHmac = async (
  secret: Uint8Array<ArrayBuffer>,
  header: unknown,
  payload: unknown,
): Promise<string> => {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const text = unsigned(header, payload);
  return `${text}.${toBase64Url(await crypto.subtle.sign("HMAC", key, utf8(text)))}`;
};

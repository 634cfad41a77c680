import * as v from "valibot";

import { fromBase64Url } from "../bytes.ts";

/** RFC 7518: both coordinates and the private scalar of P-256 are exactly 32 bytes. */
const Coordinate = v.pipe(
  v.string(),
  v.check((text) => fromBase64Url(text)?.length === 32, "needs 32 bytes of base64url"),
);

const SigningKey = v.object({
  kty: v.literal("EC"),
  crv: v.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
  d: Coordinate,
});

/**
 * TOKEN_KEYS: every listed key is published and trusted, `current` signs. A standby key is one
 * listed before it becomes current; a previous key stays listed while its tokens live.
 */
export const SigningKeys = v.pipe(
  v.strictObject({ current: v.string(), keys: v.record(v.string(), SigningKey) }),
  v.check((set) => Object.hasOwn(set.keys, set.current), "the current key is not listed"),
);
export type SigningKeys = v.InferOutput<typeof SigningKeys>;

/** A public ES256 key as served at `/.well-known/jwks.json`. */
export interface PublicJwk {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  kid: string;
  use: "sig";
  alg: "ES256";
}

export interface JwkSet {
  keys: PublicJwk[];
}

/** Only the public members are copied, so a private one cannot slip through. */
export const publicKeysOf = (set: SigningKeys): JwkSet => ({
  keys: Object.entries(set.keys).map(([kid, { x, y }]) => ({
    kty: "EC",
    crv: "P-256",
    x,
    y,
    kid,
    use: "sig",
    alg: "ES256",
  })),
});

import * as v from "valibot";

const Seconds = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What an access token says. Times in whole seconds since 1970 (RFC 7519). */
export const Claims = v.strictObject({
  iss: v.string(),
  aud: v.string(),
  /** The account. */
  sub: v.string(),
  /** The session. */
  sid: v.string(),
  /** The account's session generation: sign-out-all raises it. */
  gen: v.pipe(v.number(), v.integer(), v.minValue(0)),
  role: v.picklist(["user", "admin"]),
  iat: Seconds,
  nbf: Seconds,
  exp: Seconds,
  jti: v.string(),
});
export type Claims = v.InferOutput<typeof Claims>;

/** Whom our access tokens are for: the public API. Services behind it take a `Caller` instead. */
export const AUDIENCE = "luna-api";

/** RFC 9068: keeps an access token from passing as another kind of token, and the reverse. */
export const TOKEN_TYPE = "at+jwt";

/** Anything else in the header (crit, jku, jwk, x5u, b64 …) is refused. */
export const TokenHeader = v.strictObject({
  alg: v.literal("ES256"),
  typ: v.literal(TOKEN_TYPE),
  kid: v.string(),
});

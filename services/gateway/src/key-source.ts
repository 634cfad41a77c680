import { createLru } from "@luna/shared/cache/lru";
import type { AuthForGateway } from "@luna/shared/rpc/auth";
import { ok } from "@luna/shared/rpc/result";
import { AUDIENCE, type Claims } from "@luna/shared/token/claims";
import type { JwkSet } from "@luna/shared/token/keys";
import { createVerifier, type Verify } from "@luna/shared/token/token-service";

/** Revoking a signing key takes effect within this time (DESIGN §5). */
const TRUST_MS = 60_000;
/** A key used for the first time is fetched at once, but junk kids cannot make us ask all day. */
const REFETCH_MS = 5_000;

interface Trusted {
  at: number;
  issuer: string;
  jwks: JwkSet;
  verify: Verify;
}

/** Results only, never a promise: a request that ends early must not wedge the others. */
let trusted: Trusted | undefined;

/** Tokens of the callers an isolate sees in a few minutes; about a kilobyte each. */
const REMEMBERED = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };

/**
 * A verifier that checks a signature once: the same text was signed by the same keys. Only good
 * verdicts are kept, until the token expires, and they go with the keys that gave them.
 */
const remembering = (verify: Verify): Verify => {
  const good = createLru<Claims>(REMEMBERED);
  return async (token, now) => {
    const known = good.get(token, now);
    if (known !== undefined) return ok(known);
    const verdict = await verify(token, now);
    if (verdict.ok)
      good.set(token, verdict.value, { bytes: token.length * 2, until: verdict.value.exp * 1_000 });
    return verdict;
  };
};

/** Keys that have not changed keep their verifier, and what it remembers. */
const verifierFor = (jwks: JwkSet, issuer: string): Verify =>
  trusted !== undefined &&
  trusted.issuer === issuer &&
  JSON.stringify(trusted.jwks) === JSON.stringify(jwks)
    ? trusted.verify
    : remembering(createVerifier(jwks, issuer, AUDIENCE));

const fetchKeys = async (auth: AuthForGateway, issuer: string, now: number): Promise<Trusted> => {
  // What crosses a binding is disposable and dies with the request; the copy does not.
  const { keys } = await auth.publicKeys();
  const jwks = { keys: keys.map((key) => ({ ...key })) };
  trusted = { at: now, issuer, jwks, verify: verifierFor(jwks, issuer) };
  return trusted;
};

/**
 * The keys to trust at `now`, at most a minute old. `unknownKid` says that a token named a key
 * we do not have, as happens right after a rotation.
 */
export const trustedKeys = async (
  auth: AuthForGateway,
  issuer: string,
  now: number,
  unknownKid = false,
): Promise<Trusted> => {
  const age = trusted === undefined ? Number.POSITIVE_INFINITY : now - trusted.at;
  return trusted !== undefined && age < (unknownKid ? REFETCH_MS : TRUST_MS)
    ? trusted
    : fetchKeys(auth, issuer, now);
};

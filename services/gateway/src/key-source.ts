import { createLru, type Lru } from "@luna/shared/cache/lru";
import type { AuthForGateway } from "@luna/shared/rpc/auth";
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
  /** Claims of tokens that these keys have signed. */
  good: Lru<Claims>;
}

/** Results only, never a promise: a request that ends early must not wedge the others. */
let trusted: Trusted | undefined;

/** Tokens of the callers an isolate sees in a few minutes; about a kilobyte each. */
const REMEMBERED = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };

/**
 * A verifier that remembers good verdicts until the token expires: the same text was signed by the same
 * keys. They go with the keys that gave them.
 */
const remembering = (verify: Verify): Pick<Trusted, "verify" | "good"> => {
  const good = createLru<Claims>(REMEMBERED);
  return {
    good,
    verify: async (token, now) => {
      const verdict = await verify(token, now);
      if (verdict.ok) {
        const until = verdict.value.exp * 1_000;
        good.set(token, verdict.value, { bytes: token.length * 2, until });
      }
      return verdict;
    },
  };
};

/** Keys that have not changed keep their verifier, and what it remembers. */
const verifierFor = (jwks: JwkSet, issuer: string): Pick<Trusted, "verify" | "good"> =>
  trusted !== undefined &&
  trusted.issuer === issuer &&
  JSON.stringify(trusted.jwks) === JSON.stringify(jwks)
    ? trusted
    : remembering(createVerifier(jwks, issuer, AUDIENCE));

const fetchKeys = async (auth: AuthForGateway, issuer: string, now: number): Promise<Trusted> => {
  // What crosses a binding is disposable and dies with the request; the copy does not.
  const { keys } = await auth.publicKeys();
  const jwks = { keys: keys.map((key) => ({ ...key })) };
  const { verify, good } = verifierFor(jwks, issuer);
  trusted = { at: now, issuer, jwks, verify, good };
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

/**
 * The claims of a token that was verified before, if its keys are trusted still. Nearly every request
 * shows one, and none of them has to wait for anything.
 */
export const rememberedClaims = (token: string, issuer: string, now: number): Claims | undefined =>
  trusted !== undefined && trusted.issuer === issuer && now - trusted.at < TRUST_MS
    ? trusted.good.get(token, now)
    : undefined;

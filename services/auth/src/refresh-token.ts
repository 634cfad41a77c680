import { fromBase64Url, toBase64Url } from "@luna/shared/bytes";
import { mac, macMatches, type KeySet } from "@luna/shared/key-set";

/** Which session, and its how-manieth token. */
export interface RefreshClaim {
  sessionId: string;
  counter: number;
}

const PREFIX = "luna_refresh_";
const FORM = /^luna_refresh_([0-9a-z]{28})\.(0|[1-9]\d{0,8})\.([\w-]{1,64})\.([\w-]{43})$/;

const message = ({ sessionId, counter }: RefreshClaim): string => `refresh:${sessionId}:${counter}`;

/**
 * `luna_refresh_<session>.<counter>.<kid>.<tag>`. Derived, never stored: garbage is refused before
 * the database is asked, and the successor of a token is the same however often it is asked for.
 */
export const refreshToken = async (keys: KeySet, claim: RefreshClaim): Promise<string> => {
  const made = await mac(keys, message(claim));
  if (made === null) throw new Error("a parsed key set lists its current key");
  return `${PREFIX}${claim.sessionId}.${claim.counter}.${made.kid}.${toBase64Url(made.tag)}`;
};

/** The claim of a token that we made, or `null`. */
export const readRefreshToken = async (
  keys: KeySet,
  token: string,
): Promise<RefreshClaim | null> => {
  const [, sessionId = "", counterText = "", kid = "", tagText = ""] = FORM.exec(token) ?? [];
  const tag = fromBase64Url(tagText);
  if (sessionId === "" || tag === null) return null;
  const claim = { sessionId, counter: Number(counterText) };
  return (await macMatches(keys, message(claim), kid, tag)) ? claim : null;
};

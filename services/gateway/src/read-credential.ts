import { API_KEY_PREFIX, parseApiKey } from "@luna/shared/api-key";
import { createLru } from "@luna/shared/cache/lru";
import type { Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import type { Presented } from "@luna/shared/rpc/subject";
import type { Claims } from "@luna/shared/token/claims";

import type { Config, Env } from "./env.ts";
import { rememberedClaims, trustedKeys } from "./key-source.ts";

/** A credential whose form and signature are right; whether it still counts its Subject knows. */
export interface Shown {
  userId: string;
  presented: Presented;
}

const SCHEME = "Bearer ";
const BEARER = /^Bearer ([\w.-]+)$/i;
/** Our longest credential has about 700 characters. */
const MAX_HEADER = 4_096;

export const invalidToken = (detail: string): Failure =>
  new Failure("invalid_token", detail, {
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
  });

export const missingScope = (): Failure =>
  new Failure("forbidden", "This API key may not do this.");

const sessionOf = ({ sub, sid, gen }: Claims): Shown => ({
  userId: sub,
  presented: { kind: "session", sessionId: sid, generation: gen },
});

const readToken = async (
  token: string,
  env: Env,
  config: Config,
  now: number,
): Promise<Shown | Failure> => {
  const keys = await trustedKeys(env.AUTH, config.API_URL, now);
  let verdict = await keys.verify(token, now);
  if (!verdict.ok && verdict.code === "unknown_key") {
    const fresh = await trustedKeys(env.AUTH, config.API_URL, now, true);
    if (fresh !== keys) verdict = await fresh.verify(token, now);
  }
  if (!verdict.ok)
    return invalidToken(
      verdict.code === "expired" ? "The access token has expired." : "The access token is invalid.",
    );
  return sessionOf(verdict.value);
};

/** Keys that an isolate has seen lately; some 400 bytes each. */
const REMEMBERED = { maxEntries: 10_000, maxBytes: 4 * 1024 * 1024 };

/** Keys whose tag was right, and under which tag keys. A tag never ends: its own Subject judges the key. */
const genuine = createLru<{ shown: Shown; tagKeys: Config["KEY_TAG_KEYS"] }>(REMEMBERED);

const rememberedKey = (text: string, { KEY_TAG_KEYS }: Config, now: number): Shown | undefined => {
  const known = genuine.get(text, now);
  return known?.tagKeys === KEY_TAG_KEYS ? known.shown : undefined;
};

const readKey = async (
  text: string,
  { KEY_TAG_KEYS: tagKeys }: Config,
): Promise<Shown | Failure> => {
  const key = await parseApiKey(tagKeys, text);
  if (key === null) return invalidToken("The API key is not one of ours.");
  const { subject, keyId, secretHash } = key;
  const shown: Shown = { userId: subject, presented: { kind: "key", keyId, secretHash } };
  genuine.set(text, { shown, tagKeys }, { bytes: 400, until: Number.POSITIVE_INFINITY });
  return shown;
};

/** Nearly every header shows what was verified before, and is known without a second look at its form. */
const remembered = (text: string, config: Config, now: number): Shown | undefined => {
  const claims = rememberedClaims(text, config.API_URL, now);
  return claims === undefined ? rememberedKey(text, config, now) : sessionOf(claims);
};

/**
 * What the `Authorization` header shows; `null` without one. A forgery ends here, with no hop, and what
 * was verified before is known at once.
 */
export const readCredential = (
  { headers }: Arrival,
  env: Env,
  config: Config,
  now: number,
): Shown | Failure | null | Promise<Shown | Failure> => {
  const header = headers.get("authorization");
  if (header === null) return null;
  if (header.startsWith(SCHEME)) {
    const known = remembered(header.slice(SCHEME.length), config, now);
    if (known !== undefined) return known;
  }
  const text = header.length > MAX_HEADER ? undefined : BEARER.exec(header)?.[1];
  if (text === undefined) return invalidToken("Send the credential as a bearer token.");
  return text.startsWith(API_KEY_PREFIX)
    ? readKey(text, config)
    : readToken(text, env, config, now);
};

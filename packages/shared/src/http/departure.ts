import type { Answered } from "../rpc/exchange.ts";

/** On every answer of every door, errors and preflights included. Source: OWASP REST cheat sheet. */
const ALWAYS: Readonly<Record<string, string>> = {
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** An answer that sets these keeps its own: pages need scripts, public keys may be cached. */
const UNLESS_SET: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** Of nearly every answer. */
const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Turns answers into responses at one door: under the security headers, those that the door puts on
 * everything (by names in lower case), and the id of the request. No answer replaces them. Headers that
 * many answers share are copied, which costs a third of setting them.
 */
export const createDeparture = (everywhere: Readonly<Record<string, string>> = {}) => {
  const fixed = { ...everywhere, ...ALWAYS };
  const empty = new Headers({ ...UNLESS_SET, ...fixed });
  const json = new Headers(empty);
  json.set("content-type", JSON_TYPE);

  return ({ status, headers: own, body }: Answered, requestId: string): Response => {
    const response = new Response(body, { status, headers: body === null ? empty : json });
    const { headers } = response;
    for (const name of Object.keys(own)) {
      const value = own[name] ?? "";
      const isThere = body !== null && name === "content-type" && value === JSON_TYPE;
      if (!isThere && !Object.hasOwn(fixed, name.toLowerCase())) headers.set(name, value);
    }
    headers.set("x-request-id", requestId);
    return response;
  };
};

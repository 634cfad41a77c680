/** Sent on every answer of every door, errors and preflights included. Source: OWASP REST cheat sheet. */
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

const always = Object.entries(ALWAYS);
const unlessSet = Object.entries(UNLESS_SET);

/** Set by nobody else, and together with all the others. */
const SIGN = "strict-transport-security";

/** Puts them where they are missing; headers that are used for many answers are so secured once. */
export const secureHeaders = (headers: Headers): void => {
  for (const [name, value] of always) headers.set(name, value);
  for (const [name, value] of unlessSet) if (!headers.has(name)) headers.set(name, value);
};

const setAll = (headers: Headers, requestId: string): void => {
  if (!headers.has(SIGN)) secureHeaders(headers);
  headers.set("x-request-id", requestId);
};

/** The answer with the security headers and the request id: the same one, or a copy if it is sealed. */
export const secured = (response: Response, requestId: string): Response => {
  try {
    setAll(response.headers, requestId);
    return response;
  } catch (error) {
    // What came by `fetch` has immutable headers; copying every answer would cost every request.
    if (!(error instanceof TypeError)) throw error;
    const copy = new Response(response.body, response);
    setAll(copy.headers, requestId);
    return copy;
  }
};

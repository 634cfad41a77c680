/** Browsers cache a preflight this long; Chromium allows at most two hours. */
const MAX_AGE_S = "7200";
const METHODS = "GET, POST, PATCH, DELETE";
const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
/** Headers a page may read beyond the safe-listed ones. */
const EXPOSED = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After";

/** The headers that let a page of an allowed origin read the answer. An exact list: no suffixes, no `*`. */
export const corsHeaders = (request: Request, allowed: readonly string[]): Headers => {
  const headers = new Headers({ vary: "Origin" });
  const origin = request.headers.get("origin");
  if (origin === null || !allowed.includes(origin)) return headers;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
  return headers;
};

/** The answer to a preflight; without the allow headers the browser refuses by itself. */
export const preflight = (request: Request, allowed: readonly string[]): Response => {
  const headers = corsHeaders(request, allowed);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", METHODS);
    headers.set("access-control-allow-headers", REQUEST_HEADERS);
    headers.set("access-control-max-age", MAX_AGE_S);
  }
  return new Response(null, { status: 204, headers });
};

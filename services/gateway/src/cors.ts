/** Browsers cache a preflight this long; Chromium allows at most two hours. */
const MAX_AGE_S = "7200";
const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
/** Headers a page may read beyond the safe-listed ones. */
const EXPOSED = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After";

/** Lets a page of an allowed origin read the answer. An exact list: no suffixes, no `*`. */
export const allowOrigin = (
  answer: Headers,
  asked: Headers,
  allowed: readonly string[],
): boolean => {
  answer.set("vary", "Origin");
  const origin = asked.get("origin");
  if (origin === null || !allowed.includes(origin)) return false;
  answer.set("access-control-allow-origin", origin);
  answer.set("access-control-expose-headers", EXPOSED);
  return true;
};

/** The answer to a preflight; without the allow headers the browser refuses by itself. */
export const preflight = ({ headers: asked }: Request, allowed: readonly string[]): Response => {
  const headers = new Headers();
  if (allowOrigin(headers, asked, allowed)) {
    headers.set("access-control-allow-methods", METHODS);
    headers.set("access-control-allow-headers", REQUEST_HEADERS);
    headers.set("access-control-max-age", MAX_AGE_S);
  }
  return new Response(null, { status: 204, headers });
};

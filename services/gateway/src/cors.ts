import type { Arrival } from "@luna/shared/http/arrival";
import type { Answered } from "@luna/shared/rpc/exchange";

/** Browsers cache a preflight this long; Chromium allows at most two hours. */
const MAX_AGE_S = "7200";
const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
/** Headers a page may read beyond the safe-listed ones. */
const EXPOSED = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After";

/** On every answer: another origin may be answered otherwise. */
export const VARY = { vary: "Origin" };

/** An exact list: no suffixes, no `*`. */
const allowedOrigin = (asked: Arrival["headers"], allowed: readonly string[]): string | null => {
  const origin = asked.get("origin");
  return origin !== null && allowed.includes(origin) ? origin : null;
};

/** Lets a page of an allowed origin read the answer. */
export const allowOrigin = (
  answer: Headers,
  asked: Arrival["headers"],
  allowed: readonly string[],
): void => {
  const origin = allowedOrigin(asked, allowed);
  if (origin === null) return;
  answer.set("access-control-allow-origin", origin);
  answer.set("access-control-expose-headers", EXPOSED);
};

/** The answer to a preflight; without the allow headers the browser refuses by itself. */
export const preflight = (asked: Arrival["headers"], allowed: readonly string[]): Answered => ({
  status: 204,
  headers:
    allowedOrigin(asked, allowed) === null
      ? {}
      : {
          "access-control-allow-methods": METHODS,
          "access-control-allow-headers": REQUEST_HEADERS,
          "access-control-max-age": MAX_AGE_S,
        },
  body: null,
});

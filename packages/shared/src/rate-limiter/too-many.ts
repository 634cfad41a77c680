import { Failure } from "../http/problem.ts";
import type { Denial } from "./deny-cache.ts";
import { rateLimitHeaders, retryAfterHeader, quotaExceeded } from "./headers.ts";

/** 429, with which limits were met and when to come again. */
export const tooMany = ({ limits, violated, retryAt }: Denial, now: number): Failure =>
  new Failure("rate_limited", "Too many requests.", {
    headers: { ...rateLimitHeaders(limits), ...retryAfterHeader(retryAt, now) },
    extra: quotaExceeded(violated),
  });

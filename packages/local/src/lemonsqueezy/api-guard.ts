import { createHash, timingSafeEqual } from "node:crypto";

import type { Call, Reply, Route } from "../http-server.ts";
import { apiFailure, JSON_API } from "./api-reply.ts";

/** The provider's documented limit per API key. */
const CALLS_PER_MINUTE = 300;
const MINUTE_MS = 60_000;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Counts in fixed windows of a minute, like the provider. */
const minuteCounter = (clock: () => number): (() => { remaining: number; resetsAt: number }) => {
  let windowStart = 0;
  let used = 0;
  return () => {
    const now = clock();
    if (now - windowStart >= MINUTE_MS) {
      windowStart = now;
      used = 0;
    }
    used += 1;
    return { remaining: CALLS_PER_MINUTE - used, resetsAt: windowStart + MINUTE_MS };
  };
};

/** Puts the provider's doorman before its API: bearer key, media type, rate limit and its headers. */
export const guardApi = (
  routes: readonly Route[],
  { apiKey, clock }: { apiKey: string; clock: () => number },
): Route[] => {
  const wanted = digest(`Bearer ${apiKey}`);
  const count = minuteCounter(clock);

  const refuse = (call: Call): Reply | null => {
    if (!timingSafeEqual(digest(call.headers.authorization ?? ""), wanted)) {
      return apiFailure(401, "Unauthenticated.");
    }
    const type = call.headers["content-type"] ?? "";
    return call.body.length > 0 && !type.startsWith(JSON_API)
      ? apiFailure(415, `The request body must be ${JSON_API}.`)
      : null;
  };

  return routes.map(([method, path, handler]): Route => {
    const guarded = async (call: Call): Promise<Reply> => {
      const refused = refuse(call);
      if (refused?.status === 401) return refused;
      const { remaining, resetsAt } = count();
      const rate = {
        "X-Ratelimit-Limit": String(CALLS_PER_MINUTE),
        "X-Ratelimit-Remaining": String(Math.max(0, remaining)),
      };
      if (remaining < 0) {
        const wait = Math.ceil((resetsAt - clock()) / 1_000);
        const reply = apiFailure(429, "Too Many Attempts.");
        return { ...reply, headers: { ...reply.headers, ...rate, "Retry-After": String(wait) } };
      }
      const reply = refused ?? (await handler(call));
      return { ...reply, headers: { ...reply.headers, ...rate } };
    };
    return [method, path, guarded];
  });
};

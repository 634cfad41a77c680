import { createHash, timingSafeEqual } from "node:crypto";

import type { FaultSwitch } from "../fault.ts";
import type { Call, Reply, Route } from "../http-server.ts";
import { apiFailure, JSON_API } from "./api-reply.ts";
import type { CallCounter } from "./call-counter.ts";

/** What can be wrong with the API: it is down, it takes its time, or it has had enough. */
export const API_FAULTS = ["none", "503", "slow", "429"] as const;
export type ApiFault = (typeof API_FAULTS)[number];

/** Longer than the clients' patience, short enough to wait for in a test. */
const SLOW_MS = 10_000;
/** What a client that was refused by the fault is told to wait, in seconds. */
const REFUSED_FOR_S = 1;

export interface GuardOptions {
  apiKey: string;
  counter: CallCounter;
  faults: FaultSwitch<ApiFault>;
  /** How late the fault `slow` answers, in milliseconds. */
  slowMs?: number;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const tooMany = (waitS: number): Reply => {
  const reply = apiFailure(429, "Too Many Attempts.");
  return { ...reply, headers: { ...reply.headers, "Retry-After": String(waitS) } };
};

/** Puts the provider's doorman before its API: bearer key, media type, rate limit and its headers. */
export const guardApi = (
  routes: readonly Route[],
  { apiKey, counter, faults, slowMs = SLOW_MS }: GuardOptions,
): Route[] => {
  const wanted = digest(`Bearer ${apiKey}`);
  const isUnknown = (call: Call): boolean =>
    !timingSafeEqual(digest(call.headers.authorization ?? ""), wanted);
  const isStrange = (call: Call): boolean =>
    call.body.length > 0 && !(call.headers["content-type"] ?? "").startsWith(JSON_API);

  const answer = async (call: Call, handler: Route[2], waitS: number): Promise<Reply> => {
    if (waitS > 0) return tooMany(waitS);
    if (faults.strikes("429")) return tooMany(REFUSED_FOR_S);
    if (isStrange(call)) return apiFailure(415, `The request body must be ${JSON_API}.`);
    if (faults.strikes("slow")) await new Promise((done) => setTimeout(done, slowMs).unref());
    return handler(call);
  };

  return routes.map(([method, path, handler]): Route => {
    const guarded = async (call: Call): Promise<Reply> => {
      // Whatever stands before a provider that is down knows no keys.
      if (faults.strikes("503")) return apiFailure(503, "Service Unavailable.");
      if (isUnknown(call)) return apiFailure(401, "Unauthenticated.");
      const { limit, remaining, waitS } = counter.count();
      const reply = await answer(call, handler, waitS);
      const rate = {
        "X-Ratelimit-Limit": String(limit),
        "X-Ratelimit-Remaining": String(remaining),
      };
      return { ...reply, headers: { ...reply.headers, ...rate } };
    };
    return [method, path, guarded];
  });
};

import { serializeItem } from "structured-headers";
import type { Item } from "structured-headers";

import type { LimitState } from "./policy.ts";

/** The values of the two fields; empty where there is nothing to tell. */
export interface RateLimitFields {
  policy: string;
  state: string;
}

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11: quota `q` and window
 * `w` of each policy, remaining units `r` and the seconds `t` in which there are no more. Shadow
 * policies stay ours. Partition keys (`pk`) are left out: a caller has one of each. A large `r`
 * beside a small `t` invites no flood: whoever's limit would allow one has the burst policy beside it.
 */
export const rateLimitFields = (limits: readonly LimitState[]): RateLimitFields => {
  let policies = "";
  let states = "";
  for (const limit of limits) {
    if (limit.shadow) continue;
    const { policy, name } = itemsOf(limit);
    const between = states === "" ? "" : ", ";
    policies += between + policy;
    // Once a name is serialised, what follows it are two whole numbers, which stand for themselves.
    states += `${between}${name};r=${Math.floor(limit.remaining)};t=${seconds(limit.resetMs)}`;
  }
  return { policy: policies, state: states };
};

export const headersOf = ({ policy, state }: RateLimitFields): Record<string, string> =>
  policy === "" ? {} : { "RateLimit-Policy": policy, RateLimit: state };

export const rateLimitHeaders = (limits: readonly LimitState[]): Record<string, string> =>
  headersOf(rateLimitFields(limits));

/** A policy as an item of the one field, and the name that begins its item of the other. */
interface Items {
  windowMs: number;
  policy: string;
  name: string;
}

/** By public name and limit. Policies are few and repeat with every answer: each is serialised once. */
const items = new Map<string, Map<number, Items>>();
const MAX_NAMES = 256;
/** Limits of one name: plans, and as many again while limits are being changed. */
const MAX_LIMITS = 64;

const itemsOf = ({ name: ours, limit, windowMs }: LimitState): Items => {
  const name = publicName(ours);
  const known = items.get(name)?.get(limit);
  if (known !== undefined && known.windowMs === windowMs) return known;
  const made = {
    windowMs,
    policy: serializeItem(
      item(name, [
        ["q", limit],
        ["w", Math.max(1, seconds(windowMs))],
      ]),
    ),
    name: serializeItem(item(name, [])),
  };
  if (items.size >= MAX_NAMES) items.clear();
  const byLimit = items.get(name) ?? new Map<number, Items>();
  if (byLimit.size >= MAX_LIMITS) byLimit.clear();
  items.set(name, byLimit.set(limit, made));
  return made;
};

/**
 * Whole seconds, never earlier than the truth; nothing for a cost that will never fit. No jitter:
 * a rolling window ends for everybody at their own time, and a day at the midnight that was sold.
 */
export const retryAfterHeader = (retryAt: number, now: number): Record<string, string> =>
  Number.isFinite(retryAt) ? { "Retry-After": String(Math.max(1, seconds(retryAt - now))) } : {};

/** The draft's problem type of a spent quota, which any client can know without our reference. */
const QUOTA_EXCEEDED = {
  type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
  title: "Quota Exceeded",
} as const;

/** Members of the 429 problem: the draft's type, and `violated-policies`, each once by its public name. */
export const quotaExceeded = (violated: readonly string[]) => ({
  ...QUOTA_EXCEEDED,
  "violated-policies": [...new Set(violated.map(publicName))],
});

const item = (name: string, parameters: [string, number][]): Item => [name, new Map(parameters)];

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** Which key a counter belongs to is nobody else's business. */
const publicName = (name: string): string => {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(0, colon);
};

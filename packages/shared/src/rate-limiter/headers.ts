import { serializeItem, serializeList } from "structured-headers";
import type { Item } from "structured-headers";

import type { LimitState } from "./policy.ts";

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11: quota `q` and window
 * `w` of each policy, remaining units `r` and the seconds `t` in which there are no more. Shadow
 * policies stay ours. Partition keys (`pk`) are left out: a caller has one of each. A large `r`
 * beside a small `t` invites no flood: whoever's limit would allow one has the burst policy beside it.
 */
export const rateLimitHeaders = (limits: readonly LimitState[]): Record<string, string> => {
  const shown = limits.filter((state) => !state.shadow);
  if (shown.length === 0) return {};
  return {
    "RateLimit-Policy": policyField(shown),
    RateLimit: shown.map(stateItem).join(", "),
  };
};

/** Policies are few and repeat with every answer, so each set is serialised once. */
const policyFields = new Map<string, string>();
/** Sets of policies: plans × kinds of routes, and as many again while limits are being changed. */
const MAX_POLICY_FIELDS = 256;

const policyField = (shown: readonly LimitState[]): string => {
  const set = shown
    .map(({ name, limit, windowMs }) => `${publicName(name)} ${limit} ${windowMs}`)
    .join();
  const known = policyFields.get(set);
  if (known !== undefined) return known;
  const field = serializeList(
    shown.map(({ name, limit, windowMs }) =>
      item(name, [
        ["q", limit],
        ["w", Math.max(1, seconds(windowMs))],
      ]),
    ),
  );
  if (policyFields.size >= MAX_POLICY_FIELDS) policyFields.clear();
  policyFields.set(set, field);
  return field;
};

const names = new Map<string, string>();

/** Once a name is serialised, what follows it are two whole numbers, which stand for themselves. */
const stateItem = ({ name, remaining, resetMs }: LimitState): string => {
  let field = names.get(name);
  if (field === undefined) {
    field = serializeItem(item(name, []));
    // A name may carry the id of a key, and there are many of those.
    if (names.size >= MAX_POLICY_FIELDS) names.clear();
    names.set(name, field);
  }
  return `${field};r=${Math.floor(remaining)};t=${seconds(resetMs)}`;
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

const item = (name: string, parameters: [string, number][]): Item => [
  publicName(name),
  new Map(parameters),
];

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** Which key a counter belongs to is nobody else's business. */
const publicName = (name: string): string => name.split(":", 1)[0] ?? name;

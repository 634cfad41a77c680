import { serializeItem, serializeList } from "structured-headers";
import type { Item } from "structured-headers";

import type { LimitState } from "./policy.ts";

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers: quota `q` and window `w`
 * of each policy, remaining units `r` and seconds `t` until there are more. Shadow policies stay ours.
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

/** Whole seconds, never earlier than the truth; nothing for a cost that will never fit. */
export const retryAfterHeader = (retryAt: number, now: number): Record<string, string> =>
  Number.isFinite(retryAt) ? { "Retry-After": String(Math.max(1, seconds(retryAt - now))) } : {};

/** Members of the 429 problem: the draft's `violated-policies`, each once and by its public name. */
export const violatedPolicies = (
  violated: readonly string[],
): { "violated-policies": readonly string[] } => ({
  "violated-policies": [...new Set(violated.map(publicName))],
});

/** The draft's problem type of a spent quota. */
export const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

const item = (name: string, parameters: [string, number][]): Item => [
  publicName(name),
  new Map(parameters),
];

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** Which key a counter belongs to is nobody else's business. */
const publicName = (name: string): string => name.split(":", 1)[0] ?? name;

import { LIMITS, PLANS, type Tier } from "@luna/shared/plans";
import type { Policy } from "@luna/shared/rate-limiter/policy";
import type { LimitClass, Presented } from "@luna/shared/rpc/subject";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/**
 * Every policy a request must satisfy at once. `scale` multiplies all of them; production refuses
 * any but 1.
 */
export const policiesFor = (
  tier: Tier,
  limit: LimitClass,
  credential: Presented,
  scale: number,
): Policy[] => {
  const rolling = (name: string, units: number, windowMs: number): Policy => ({
    name,
    limit: Math.max(1, Math.round(units * scale)),
    windowMs,
    kind: "rolling",
  });
  if (limit === "account") return [rolling("account", LIMITS.accountPerMinute, MINUTE_MS)];

  const { userRequestsPerHour, keyRequestsPerDay } = PLANS[tier];
  const policies = [rolling("user", userRequestsPerHour, HOUR_MS)];
  const burst = LIMITS.burst(userRequestsPerHour);
  // Where a burst may be the whole hour it limits nothing, and would only outlive a better plan.
  if (burst < userRequestsPerHour) policies.push(rolling("burst", burst, LIMITS.burstWindowMs));
  if (limit === "create") policies.push(rolling("create", LIMITS.createsPerMinute, MINUTE_MS));
  if (credential.kind === "key")
    policies.push({
      name: `key:${credential.keyId}`,
      limit: Math.max(1, Math.round(keyRequestsPerDay * scale)),
      windowMs: DAY_MS,
      kind: "utc_day",
    });
  return policies;
};

import { SUBSCRIPTION_STATUSES, TIERS } from "@luna/shared/plans";
import type { UserCaller } from "@luna/shared/rpc/caller";
import * as v from "valibot";

import { entitlement } from "./entitlement.ts";
import type { User } from "./user-row.ts";

/** `GET /v1/me`, as API.md fixes it. */
export const Me = v.strictObject({
  id: v.string(),
  email: v.string(),
  name: v.string(),
  avatarUrl: v.nullable(v.string()),
  locale: v.string(),
  timezone: v.string(),
  role: v.picklist(["user", "admin"]),
  tier: v.picklist(TIERS),
  subscriptionStatus: v.picklist(["none", ...SUBSCRIPTION_STATUSES]),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  updatedAt: v.pipe(v.string(), v.isoTimestamp()),
});
export type Me = v.InferOutput<typeof Me>;

export const meOf = (user: User, caller: UserCaller, now: number): Me => {
  const { tier, status } = entitlement(user.subscriptions, now, user.grants);
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    avatarUrl: user.avatarUrl,
    locale: user.locale,
    timezone: user.timezone,
    role: caller.role,
    tier,
    subscriptionStatus: status,
    createdAt: new Date(user.createdAt).toISOString(),
    updatedAt: new Date(user.updatedAt).toISOString(),
  };
};

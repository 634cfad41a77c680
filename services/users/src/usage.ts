import { reply, type Reply } from "@luna/shared/http/reply";
import { PLANS, TIERS } from "@luna/shared/plans";
import * as v from "valibot";

import { signedIn, type UsersContext } from "./context.ts";

export const Usage = v.strictObject({
  /** UTC month, `2026-11`. */
  period: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}$/)),
  /** Requests counted this month: never fewer than were answered. */
  requests: v.pipe(v.number(), v.integer()),
  /** Requests the plan allows in any rolling hour. */
  limit: v.number(),
  tier: v.picklist(TIERS),
});

/** Answered by the object that counts, so it is never behind. */
export const getUsage = async (_input: unknown, context: UsersContext): Promise<Reply> => {
  const { period, requests, tier } = await context.subject(signedIn(context)).usage();
  return reply(200, { period, requests, limit: PLANS[tier].userRequestsPerHour, tier });
};

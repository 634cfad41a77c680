import { reply, type Reply } from "@luna/shared/http/reply";
import { PLANS, TIERS } from "@luna/shared/plans";
import * as v from "valibot";

const PlanAnswer = v.strictObject({
  tier: v.picklist(TIERS),
  name: v.string(),
  monthlyCents: v.number(),
  currency: v.literal("USD"),
  userRequestsPerHour: v.number(),
  keyRequestsPerDay: v.number(),
  liveKeys: v.number(),
});
export const PlanList = v.strictObject({ items: v.array(PlanAnswer) });

/** `GET /v1/billing/plans`, cheapest first. */
export const listPlans = (): Promise<Reply> => {
  const items = TIERS.map((tier): v.InferOutput<typeof PlanAnswer> => {
    const { name, monthlyCents, userRequestsPerHour, keyRequestsPerDay, liveKeys } = PLANS[tier];
    return {
      tier,
      name,
      monthlyCents,
      currency: "USD",
      userRequestsPerHour,
      keyRequestsPerDay,
      liveKeys,
    };
  });
  return Promise.resolve(reply(200, { items }));
};

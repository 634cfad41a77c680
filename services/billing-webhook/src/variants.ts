import { PAID_TIERS, type PaidTier } from "@luna/shared/plans";

import type { Variants } from "./env.ts";

/** The plan a variant of the store stands for; `null` for one that is none of our plans. */
export const tierOf = (variantId: string, variants: Variants): PaidTier | null =>
  PAID_TIERS.find((tier) => variants[tier] === variantId) ?? null;

import { checkoutIdOf, refMatches } from "./checkout-ref.ts";
import { checkoutStore } from "./checkout-store.ts";
import type { Billing } from "./billing.ts";

/** Whether a purchase may be linked by its reference, and if not, why. */
export type Weighed =
  | { checkoutId: string; reason: "reference_used" }
  | { checkoutId: null; reason: "no_reference" | "forged_reference" | "other_variant" };

/**
 * Believes a reference only if we signed it for this checkout, its owner and the variant that was
 * bought. Whether the checkout is still free is decided when it is taken, in the same batch.
 */
export const weighRef = async (
  { config, db }: Pick<Billing, "config" | "db">,
  ref: string | null,
  variantId: string | null,
): Promise<Weighed> => {
  if (ref === null) return { checkoutId: null, reason: "no_reference" };
  const id = checkoutIdOf(ref);
  const checkout = id === null ? null : await checkoutStore(db).find(id);
  if (checkout === null || !(await refMatches(config.CHECKOUT_REF_KEY, ref, checkout)))
    return { checkoutId: null, reason: "forged_reference" };
  if (checkout.variantId !== variantId) return { checkoutId: null, reason: "other_variant" };
  return { checkoutId: checkout.id, reason: "reference_used" };
};

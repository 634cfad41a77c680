import { LOCAL_VARIANTS, PAID_TIERS, type PaidTier, PLANS } from "@luna/shared/plans";

/** One plan as the store sells it: one product, one monthly variant, one price. */
export interface CatalogEntry {
  tier: PaidTier;
  name: string;
  /** US cents per month. */
  monthlyCents: number;
  productId: number;
  variantId: number;
  priceId: number;
}

const PRODUCT_OFFSET = 100_000;
const PRICE_OFFSET = 200_000;

export const catalogEntry = (tier: PaidTier): CatalogEntry => {
  const variantId = Number(LOCAL_VARIANTS[tier]);
  const { name, monthlyCents } = PLANS[tier];
  return {
    tier,
    name,
    monthlyCents,
    variantId,
    productId: variantId - PRODUCT_OFFSET,
    priceId: variantId + PRICE_OFFSET,
  };
};

export const CATALOG: readonly CatalogEntry[] = PAID_TIERS.map(catalogEntry);

export const findVariant = (id: string): CatalogEntry | undefined =>
  CATALOG.find(({ variantId }) => String(variantId) === id);

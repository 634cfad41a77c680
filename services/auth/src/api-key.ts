import { apiKeyPrefix } from "@luna/shared/api-key";
import { PLANS, type Tier } from "@luna/shared/plans";
import { SCOPES, type Scope } from "@luna/shared/rpc/caller";
import * as v from "valibot";

/** An API key as it is stored: everything but the key. Times in ms. */
export interface StoredKey {
  id: string;
  accountId: string;
  name: string;
  scopes: Scope[];
  createdAt: number;
  /** `null` for never. */
  expiresAt: number | null;
}

const view = {
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  expiresAt: v.nullable(v.string()),
  createdAt: v.string(),
};

/** A key as its owner sees it, ever after. */
export const KeyView = v.strictObject(view);
/** A key as its owner sees it once. */
export const NewKeyView = v.strictObject({ ...view, key: v.string() });

export const keyView = ({
  id,
  accountId,
  name,
  scopes,
  createdAt,
  expiresAt,
}: StoredKey): v.InferOutput<typeof KeyView> => ({
  id,
  name,
  prefix: apiKeyPrefix({ subject: accountId, keyId: id }),
  scopes,
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
});

/** How many keys may be alive on a plan. */
export const liveKeysOf = (tier: Tier, scale: number): number =>
  Math.max(1, Math.round(PLANS[tier].liveKeys * scale));

export const DAY_MS = 24 * 60 * 60 * 1_000;
/** A key that must live longer has no expiry at all. */
export const MAX_EXPIRY_DAYS = 365;
/** Long enough for the slowest deployment; a key that leaked is rotated with no overlap. */
export const MAX_OVERLAP_S = 7 * 24 * 60 * 60;

import { fromBase64Url, toBase64Url } from "@luna/shared/bytes";
import { mac, macMatches, type KeySet } from "@luna/shared/key-set";

import type { Owner } from "./owner.ts";

/** What a checkout link was made for. */
export interface Checkout {
  id: string;
  owner: Owner;
  variantId: string;
}

/** The signed text: a tag holds for this checkout, this owner and this variant only. */
const message = ({ id, owner, variantId }: Checkout): string =>
  JSON.stringify(["checkout", id, owner.kind, owner.id, variantId]);

/**
 * The reference that travels through the provider as custom data: `<checkout id>.<kid>.<tag>`.
 * Buyers can put any custom data on a hosted link, so an owner is believed only with this tag.
 */
export const signRef = async (keys: KeySet, checkout: Checkout): Promise<string> => {
  const signed = await mac(keys, message(checkout));
  if (signed === null) throw new Error("a parsed key set lists its current key");
  return `${checkout.id}.${signed.kid}.${toBase64Url(signed.tag)}`;
};

/** The checkout a reference names, before anything about it is believed; `null` if it is no reference. */
export const checkoutIdOf = (ref: string): string | null =>
  /^([0-9a-z]{1,40})\.[^.]{1,40}\.[A-Za-z0-9_-]{43}$/.exec(ref)?.[1] ?? null;

/** Whether we signed `ref` for exactly this checkout. */
export const refMatches = async (
  keys: KeySet,
  ref: string,
  checkout: Checkout,
): Promise<boolean> => {
  const [id, kid = "", tagText = ""] = ref.split(".");
  const tag = fromBase64Url(tagText);
  if (id !== checkout.id || tag === null) return false;
  return macMatches(keys, message(checkout), kid, tag);
};

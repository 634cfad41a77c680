import { deliveriesOf, type Trace, type TraceDelivery } from "@luna/local/lemonsqueezy/trace";
import { toBase64Url } from "@luna/shared/bytes";
import { type KeySet, mac } from "@luna/shared/key-set";

import { alter } from "./d1-file.ts";

/** Which of its buyers lives a trace through: each copy has ids of his own. */
export interface Part {
  trace: Trace;
  copy: number;
}

/** One buyer who lives a trace through. */
export interface Copy extends Part {
  deliveries: TraceDelivery[];
}

interface Checkout {
  id: string;
  owner: string;
  variantId: string;
}

const variantOf = ({ events }: Trace): string => {
  const created =
    events.find(({ event_name: name }) => name === "subscription_created") ?? events[0];
  return String(created?.body.data.attributes["variant_id"]);
};

const checkoutOf = ({ trace, copy }: Part): Checkout => ({
  id: `${trace.name.replaceAll(/[^a-z0-9]/g, "")}${copy}`.slice(0, 40),
  owner: `buyer${copy}`,
  variantId: variantOf(trace),
});

const refOf = async ({ id, owner, variantId }: Checkout, keys: KeySet): Promise<string> => {
  const signed = await mac(keys, JSON.stringify(["checkout", id, "user", owner, variantId]));
  if (signed === null) throw new Error("the key set has no current key");
  return `${id}.${signed.kid}.${toBase64Url(signed.tag)}`;
};

/**
 * Gives each part a checkout as the service makes it, without asking the provider for a page (there
 * are thousands), and the deliveries that carry its reference.
 */
export const castParts = async (
  parts: readonly Part[],
  billing: string,
  keys: KeySet,
  told: { secret: string; storeId: string },
): Promise<Copy[]> => {
  const checkouts = parts.map(checkoutOf);
  alter(billing, (db) => {
    db.exec("BEGIN");
    const insert = db.prepare(
      `INSERT INTO checkouts (id, owner_kind, owner_id, variant_id, created_at)
       VALUES (?, 'user', ?, ?, ?)`,
    );
    for (const { id, owner, variantId } of checkouts) insert.run(id, owner, variantId, Date.now());
    db.exec("COMMIT");
  });
  const refs = await Promise.all(checkouts.map((checkout) => refOf(checkout, keys)));
  return parts.map(({ trace, copy }, index) => {
    const ref = refs[index] ?? "";
    return { trace, copy, deliveries: deliveriesOf(trace, { ...told, ref, copy }) };
  });
};

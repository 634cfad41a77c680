import { sql, type Sql } from "@luna/shared/d1/sql";
import type { Effect } from "@luna/shared/outbox/outbox";

import type { Attempt } from "./observed-store.ts";
import type { Told } from "./told.ts";

/** What an attempt writes so that people are told of money once, and whom it then has to tell. */
export interface Notices {
  statements: Sql[];
  effects: (Effect & { when: Sql })[];
}

/** Remembers a change of status or variant if this very attempt made it. */
const recordTransition = (id: string, { stamp }: Attempt): Sql => sql`
  INSERT INTO transitions (subscription_id, status, variant_id, changed_by)
  SELECT id, status, variant_id, ${stamp} FROM subscriptions
  WHERE id = ${id} AND changed_by = ${stamp}
  ON CONFLICT (subscription_id) DO UPDATE SET
    previous_status = status, previous_variant_id = variant_id,
    status = excluded.status, variant_id = excluded.variant_id, changed_by = excluded.changed_by
  WHERE (status, variant_id) <> (excluded.status, excluded.variant_id)`;

/**
 * Decides on the one mail about a failed payment: the newest open invoice of a subscription that is
 * past due, whichever of the two was told last.
 */
const recordFailure = (subscriptionId: string, { stamp, now }: Attempt): Sql => sql`
  INSERT INTO dunnings (invoice_id, subscription_id, failed_by, failed_at)
  SELECT invoices.id, subscriptions.id, ${stamp}, ${now}
  FROM subscriptions JOIN invoices ON invoices.subscription_id = subscriptions.id
  WHERE subscriptions.id = ${subscriptionId} AND subscriptions.status = 'past_due'
    AND invoices.status = 'pending'
  ORDER BY invoices.created_at DESC, invoices.id DESC LIMIT 1
  ON CONFLICT (invoice_id) DO NOTHING`;

const recordRecovery = (invoiceId: string, { stamp, now }: Attempt): Sql => sql`
  UPDATE dunnings SET recovered_by = ${stamp}, recovered_at = ${now}
  WHERE invoice_id = ${invoiceId} AND recovered_by IS NULL
    AND EXISTS (SELECT 1 FROM invoices WHERE id = ${invoiceId} AND status = 'paid')`;

const failed = (subscriptionId: string, { stamp }: Attempt): Notices["effects"][number] => ({
  effect: "mail.payment_failed",
  key: `payment_failed:${subscriptionId}:${stamp}`,
  payload: sql`(SELECT json_object('id', invoice_id) FROM dunnings WHERE failed_by = ${stamp})`,
  when: sql`EXISTS (SELECT 1 FROM dunnings WHERE failed_by = ${stamp})`,
});

const recovered = (invoiceId: string, { stamp }: Attempt): Notices["effects"][number] => ({
  effect: "mail.payment_recovered",
  key: `payment_recovered:${invoiceId}:1`,
  payload: { id: invoiceId },
  when: sql`EXISTS (SELECT 1 FROM dunnings
                    WHERE invoice_id = ${invoiceId} AND recovered_by = ${stamp})`,
});

/** What this attempt made of the subscription, if it made anything of it. */
const madeBy = (id: string, { stamp }: Attempt, such: Sql): Sql => sql`
  EXISTS (SELECT 1 FROM transitions
          WHERE subscription_id = ${id} AND changed_by = ${stamp} AND ${such})`;

/** Whoever hears first of a plan that is over already need not hear that it was cancelled. */
const cancelled = (id: string, attempt: Attempt): Notices["effects"][number] => ({
  effect: "mail.subscription_cancelled",
  key: `subscription_cancelled:${id}:${attempt.stamp}`,
  payload: { id },
  when: sql`
    ${madeBy(id, attempt, sql`status = 'cancelled' AND previous_status IS NOT 'cancelled'`)}
    AND EXISTS (SELECT 1 FROM subscriptions WHERE id = ${id} AND ends_at > ${attempt.now})`,
});

/** Another product, or access that is cut because every attempt to collect has failed. */
const changed = (id: string, attempt: Attempt): Notices["effects"][number] => ({
  effect: "mail.plan_changed",
  key: `plan_changed:${id}:${attempt.stamp}`,
  payload: sql`
    (SELECT json_object('id', subscription_id, 'at', ${attempt.now}, 'unpaid', status = 'unpaid',
                        'oldVariantId', previous_variant_id, 'variantId', variant_id)
     FROM transitions WHERE subscription_id = ${id})`,
  when: madeBy(
    id,
    attempt,
    sql`previous_status IS NOT NULL AND status NOT IN ('cancelled', 'expired')
      AND (previous_variant_id <> variant_id OR (status = 'unpaid' AND previous_status <> 'unpaid'))`,
  ),
});

/**
 * After an object is stored: what its owner is to be told. With `mailed` off only the state is
 * remembered, so that switching it on tells nobody of the past.
 */
export const noticeWrites = (told: Told, attempt: Attempt, mailed: boolean): Notices => {
  const { id } = told.value;
  const only = (effects: Notices["effects"]) => (mailed ? effects : []);
  switch (told.kind) {
    case "subscription":
      return {
        statements: [recordTransition(id, attempt), recordFailure(id, attempt)],
        effects: only([failed(id, attempt), cancelled(id, attempt), changed(id, attempt)]),
      };
    case "invoice": {
      const { subscriptionId } = told.value;
      return {
        statements: [recordFailure(subscriptionId, attempt), recordRecovery(id, attempt)],
        effects: only([failed(subscriptionId, attempt), recovered(id, attempt)]),
      };
    }
    case "order":
    case "license_key":
      return { statements: [], effects: [] };
  }
};

import { sql, type Sql } from "@luna/shared/d1/sql";

import type { Observed } from "./clock.ts";
import type { LicenseKey } from "./license-key.ts";
import { clockValues, IS_LATER, SET_CLOCK, type Attempt } from "./observed-store.ts";

/** Stores a license key whose order has an owner, unless something later is known. */
export const putLicenseKey = (
  observed: Observed<LicenseKey>,
  attempt: Attempt,
  guard: Sql = IS_LATER,
): Sql => {
  const k = observed.value;
  return sql`
    INSERT INTO license_keys (id, owner_kind, owner_id, order_id, customer_id, key_short, status,
      activation_limit, activations, expires_at, created_at,
      updated_at, item_updated_at, urls_expire_at, digest, changed_by)
    SELECT ${k.id}, owner_kind, owner_id, ${k.orderId}, ${k.customerId}, ${k.keyShort},
      ${k.status}, ${k.activationLimit}, ${k.activations}, ${k.expiresAt}, ${k.createdAt},
      ${clockValues(observed, attempt)}
    FROM owners WHERE object = 'order' AND object_id = ${k.orderId}
    ON CONFLICT (id) DO UPDATE SET
      order_id = excluded.order_id, customer_id = excluded.customer_id,
      key_short = excluded.key_short, status = excluded.status,
      activation_limit = excluded.activation_limit, activations = excluded.activations,
      expires_at = excluded.expires_at, created_at = excluded.created_at, ${SET_CLOCK}
    WHERE ${guard}`;
};

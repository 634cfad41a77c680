import * as v from "valibot";

import type { Clock } from "../clock.ts";
import { LICENSE_KEY_STATUSES, type LicenseKey } from "../license-key.ts";
import { Count, Id, orNull, Text, Time } from "./payload.ts";

const Attributes = v.object({
  order_id: Id,
  customer_id: Id,
  key_short: v.optional(Text, ""),
  status: v.picklist(LICENSE_KEY_STATUSES),
  activation_limit: orNull(Count),
  instances_count: orNull(Count),
  expires_at: orNull(Time),
  created_at: Time,
  updated_at: Time,
});

/** `data` of an event whose `type` is `license-keys`. */
export const LicenseKeyData = v.object({ id: Id, attributes: Attributes });

export const toLicenseKey = ({
  id,
  attributes: a,
}: v.InferOutput<typeof LicenseKeyData>): { value: LicenseKey; clock: Clock } => ({
  value: {
    id,
    orderId: a.order_id,
    customerId: a.customer_id,
    keyShort: a.key_short,
    status: a.status,
    activationLimit: a.activation_limit,
    activations: a.instances_count ?? 0,
    expiresAt: a.expires_at,
    createdAt: a.created_at,
  },
  // A license key has neither an item nor links.
  clock: { updatedAt: a.updated_at, itemUpdatedAt: 0, urlsExpireAt: 0 },
});

import type { Clock } from "./clock.ts";
import type { Invoice } from "./invoice.ts";
import type { LicenseKey } from "./license-key.ts";
import type { Order } from "./order.ts";
import type { Subscription } from "./subscription.ts";

/** What an event says about one object, in our words: all that is known of a provider's payload. */
export type Told =
  | { kind: "subscription"; value: Subscription; clock: Clock }
  | { kind: "invoice"; value: Invoice; clock: Clock }
  | { kind: "order"; value: Order; clock: Clock }
  | { kind: "license_key"; value: LicenseKey; clock: Clock };
export type ToldKind = Told["kind"];

/** What one delivery means. */
export interface Event {
  /** Our signed checkout reference, if the payload carries one; not yet believed. */
  ref: string | null;
  told: Told;
}

/** Why a delivery is not applied: nothing in it is about a purchase, or a newer version of us must look. */
export type NotTold = "no_purchase" | "unhandled_type" | "unexpected_shape";

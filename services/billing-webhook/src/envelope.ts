import type { Clock } from "./clock.ts";

/** What intake reads of a delivery: enough to file it, nothing it could fail on. */
export interface Envelope {
  /** The provider's id of the event; absent in 2023. */
  webhookId: string | null;
  eventName: string;
  testMode: boolean;
  storeId: string | null;
  /** In the provider's words, for people: `subscription-invoices`. */
  objectType: string | null;
  objectId: string | null;
  subscriptionId: string | null;
  orderId: string | null;
  customerId: string | null;
  clock: Clock | null;
}

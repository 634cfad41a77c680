export const LICENSE_KEY_STATUSES = ["inactive", "active", "expired", "disabled"] as const;

/** A key for installed software that came with an order. Times in milliseconds since 1970. */
export interface LicenseKey {
  id: string;
  orderId: string;
  customerId: string;
  /** The last characters, as the provider shows them to the merchant; the key is the buyer's. */
  keyShort: string;
  status: (typeof LICENSE_KEY_STATUSES)[number];
  /** `null` for any number of installations. */
  activationLimit: number | null;
  activations: number;
  expiresAt: number | null;
  createdAt: number;
}

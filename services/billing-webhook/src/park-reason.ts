import type { Config } from "./env.ts";
import type { Envelope } from "./envelope.ts";

/**
 * Why a rightly signed delivery must not be applied, or `null`. It is kept all the same: refusing it
 * would make the provider repeat and then forget it, and a wrong setting of ours can be put right.
 */
export const parkReason = (
  envelope: Envelope | null,
  eventHeader: string | null,
  config: Pick<Config, "ENVIRONMENT" | "LEMONSQUEEZY_STORE_ID">,
): string | null => {
  if (envelope === null) return "unreadable";
  // The header is not signed: whoever changed it cannot choose what the body means.
  if (eventHeader !== null && eventHeader !== envelope.eventName) return "header_mismatch";
  if (envelope.storeId !== config.LEMONSQUEEZY_STORE_ID) return "wrong_store";
  // Test cards pay nothing.
  if (envelope.testMode && config.ENVIRONMENT === "production") return "test_mode";
  return null;
};

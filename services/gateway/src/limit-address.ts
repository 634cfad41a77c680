import { Failure } from "@luna/shared/http/problem";
import { LIMITS } from "@luna/shared/plans";
import { quotaExceeded } from "@luna/shared/rate-limiter/headers";
import type { Client } from "@luna/shared/rpc/caller";

import { addressKey } from "@luna/shared/address-key";

/** The native binding counts in windows of a minute and tells nothing but yes or no. */
const WINDOW_S = 60;

/** What an address may do, for the header; `scale` is the one the binding was made with. */
export const addressPolicy = (scale: number): Record<string, string> => {
  const quota = Math.max(1, Math.round(LIMITS.anonymousPerMinute * scale));
  return { "ratelimit-policy": `"address";q=${quota};w=${WINDOW_S}` };
};

/** Charges one request to an address; the failure to answer with when it has had too many. */
export const limitAddress = async (
  binding: Pick<RateLimit, "limit">,
  client: Client,
  scale: number,
): Promise<Failure | null> => {
  const { success } = await binding.limit({ key: addressKey(client.address) });
  if (success) return null;
  return new Failure("rate_limited", "Too many requests from this address.", {
    headers: { "retry-after": String(WINDOW_S), ...addressPolicy(scale) },
    extra: quotaExceeded(["address"]),
  });
};

import type { TemplateName } from "@luna/shared/rpc/mailer";

import type { AmbiguousPolicy } from "./settle.ts";

interface Policy {
  /**
   * `resend`: a second copy does no harm. `hold`: a courtesy that is not worth coming twice, so it
   * waits for the provider's word or an operator's.
   */
  onAmbiguous: AmbiguousPolicy;
  /** How long the mail is worth sending at most, whatever its sender says; `null` for ever. */
  lifetimeMs: number | null;
  /** Sent although its reader wants no mail: what protects an account or money, or was asked for. */
  bypassesUnsubscribe: boolean;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

const protects = (lifetimeMs: number | null): Policy => ({
  onAmbiguous: "resend",
  lifetimeMs,
  bypassesUnsubscribe: true,
});
const courtesy = (lifetimeMs: number): Policy => ({
  onAmbiguous: "hold",
  lifetimeMs,
  bypassesUnsubscribe: false,
});

/** How each mail is delivered. A link mail lives no longer than its link may. */
export const POLICIES: Readonly<Record<TemplateName, Policy>> = {
  verify: protects(DAY_MS),
  account_exists: protects(DAY_MS),
  reset: protects(HOUR_MS),
  email_change_confirm: protects(DAY_MS),
  // A warning that comes late still warns.
  email_change_notice: protects(7 * DAY_MS),
  new_device: protects(7 * DAY_MS),
  key_created: protects(7 * DAY_MS),
  // Sent to strangers on somebody's word, so their wish not to be written to comes first.
  invitation: { ...protects(7 * DAY_MS), bypassesUnsubscribe: false },
  receipt: protects(null),
  payment_failed: protects(14 * DAY_MS),
  payment_recovered: courtesy(7 * DAY_MS),
  subscription_cancelled: protects(30 * DAY_MS),
  plan_changed: courtesy(7 * DAY_MS),
  export_ready: protects(7 * DAY_MS),
  account_erased: protects(30 * DAY_MS),
  claim_purchase: protects(DAY_MS),
};

/** When this mail stops being worth sending, in milliseconds since 1970; `null` for never. */
export const expiryOf = (
  { template, expiresAt }: { template: TemplateName; expiresAt: number | null },
  now: number,
): number | null => {
  const { lifetimeMs } = POLICIES[template];
  if (lifetimeMs === null) return expiresAt;
  return Math.min(now + lifetimeMs, expiresAt ?? Infinity);
};

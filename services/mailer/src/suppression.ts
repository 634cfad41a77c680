/** Why an address gets no mail. */
export const SUPPRESSION_REASONS = [
  /** The mailbox does not exist. */
  "hard_bounce",
  /** Its reader called a mail of ours spam. */
  "complaint",
  /** It refused three mails within a week. */
  "soft_bounces",
  /** Its reader wants no mail but what protects the account. */
  "unsubscribe",
] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** The reason that keeps this mail from its reader, or `null`. */
export const blockedBy = (
  reasons: readonly SuppressionReason[],
  bypassesUnsubscribe: boolean,
): SuppressionReason | null =>
  reasons.find((reason) => !(bypassesUnsubscribe && reason === "unsubscribe")) ?? null;

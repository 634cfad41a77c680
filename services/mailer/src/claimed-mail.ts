import { sql } from "@luna/shared/d1/sql";
import type { TemplateName } from "@luna/shared/rpc/mailer";
import type { Trace } from "@luna/shared/trace";

import type { SuppressionReason } from "./suppression.ts";

/** A mail a run has just claimed, with all that is needed to send it. */
export interface ClaimedMail {
  id: string;
  key: string;
  template: TemplateName;
  locale: string;
  to: string;
  /** The same in the form of the suppression list; `null` for no valid address. */
  address: string | null;
  vars: Record<string, string>;
  /** `null` once destroyed. */
  sealed: Record<string, string> | null;
  expiresAt: number | null;
  /** This one included. */
  attempts: number;
  fence: number;
  acceptedAt: number;
  /** Why its address is on the suppression list, if it is. */
  suppressions: readonly SuppressionReason[];
  /** An operator has paused its template. */
  paused: boolean;
  /** The claim before this one ended without a result, so the mail may have gone out. */
  lapsed: boolean;
  trace: Trace;
}

export type ClaimedRow = {
  id: string;
  key: string;
  template: TemplateName;
  locale: string;
  recipient: string;
  address: string | null;
  vars: string;
  sealed: string | null;
  expires_at: number | null;
  attempts: number;
  fence: number;
  accepted_at: number;
  suppressions: string | null;
  paused: number;
  lapsed: number;
  trace: string;
};

/** Of a mail that `now` is claimed, everything `claimedOf` reads. */
export const claimedColumns = (now: number) => sql`
  id, key, template, locale, recipient, address, vars, sealed, expires_at, attempts, fence,
  accepted_at, trace, reason IS NOT NULL AS lapsed,
  EXISTS (SELECT 1 FROM paused_templates AS paused
          WHERE paused.template = mails.template) AS paused,
  (SELECT group_concat(suppressions.reason) FROM suppressions
   WHERE suppressions.address = COALESCE(mails.address, lower(mails.recipient))
     AND (until IS NULL OR until > ${now})) AS suppressions`;

export const claimedOf = (row: ClaimedRow): ClaimedMail => ({
  id: row.id,
  key: row.key,
  template: row.template,
  locale: row.locale,
  to: row.recipient,
  address: row.address,
  vars: JSON.parse(row.vars) as Record<string, string>,
  sealed: row.sealed === null ? null : (JSON.parse(row.sealed) as Record<string, string>),
  expiresAt: row.expires_at,
  attempts: row.attempts,
  fence: row.fence,
  acceptedAt: row.accepted_at,
  suppressions: (row.suppressions?.split(",") ?? []) as SuppressionReason[],
  paused: row.paused === 1,
  lapsed: row.lapsed === 1,
  trace: JSON.parse(row.trace) as Trace,
});

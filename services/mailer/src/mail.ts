import { pageOf } from "@luna/shared/http/cursor";
import * as v from "valibot";

import { MailId } from "./mail-filter.ts";
import { MAIL_STATES } from "./settle.ts";

const Time = v.pipe(v.string(), v.isoTimestamp());

/** A mail as an operator sees it: its variables are nobody's business. */
const mailEntries = {
  id: v.string(),
  template: v.string(),
  locale: v.string(),
  to: v.string(),
  userId: v.nullable(v.string()),
  state: v.picklist(MAIL_STATES),
  /** The code of the last attempt: `smtp_550`, `expired`, `lease_expired`. */
  reason: v.nullable(v.string()),
  attempts: v.number(),
  /** Attempts after which the mail may have gone out without our knowing. */
  ambiguousAttempts: v.number(),
  providerId: v.nullable(v.string()),
  nextAttemptAt: v.nullable(Time),
  expiresAt: v.nullable(Time),
  acceptedAt: Time,
  endedAt: v.nullable(Time),
};
export const Mail = v.strictObject(mailEntries);
export type Mail = v.InferOutput<typeof Mail>;

const Attempt = v.strictObject({
  n: v.number(),
  transport: v.string(),
  startedAt: Time,
  /** `null` while it runs. */
  endedAt: v.nullable(Time),
  class: v.nullable(
    v.picklist(["sent", "permanent", "provider", "transient", "ambiguous", "withheld"]),
  ),
  code: v.nullable(v.string()),
  detail: v.nullable(v.string()),
});
export type Attempt = v.InferOutput<typeof Attempt>;

const ProviderEvent = v.strictObject({
  /** `delivered`, `hard_bounce`, `complaint`, … */
  kind: v.string(),
  at: Time,
  detail: v.string(),
});
export type ProviderEvent = v.InferOutput<typeof ProviderEvent>;

export const MailPage = pageOf(Mail);
export const MailTimeline = v.strictObject({
  ...mailEntries,
  timeline: v.array(Attempt),
  /** What the provider told after it had taken the mail. */
  events: v.array(ProviderEvent),
});

export const MailParams = v.object({ id: MailId });

/** A run answers within one request, so it stays small. */
const MAX_DEAD_LETTERS = 100;
const DEAD_LETTERS = 10;
export const DeadLetterRun = v.strictObject({
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_DEAD_LETTERS)),
    DEAD_LETTERS,
  ),
});
export type DeadLetterRun = v.InferOutput<typeof DeadLetterRun>;

export const DeadLetterReport = v.strictObject({
  /** Mails taken from the dead letters. */
  processed: v.number(),
  /** Of them, those that were not delivered by this run. */
  errors: v.number(),
  items: v.array(
    v.strictObject({
      id: v.string(),
      state: v.picklist(MAIL_STATES),
      reason: v.nullable(v.string()),
    }),
  ),
});

import { Environment, jsonText, KeySetText } from "@luna/shared/env";
import * as v from "valibot";

import { Mailbox } from "./address.ts";
import { PROBE_SECONDS } from "./circuit.ts";
import { TRANSPORTS } from "./transport.ts";

export type Env = MailerEnv;

/** A day: a longer pause between two attempts is not a retry any more. */
const MAX_BACKOFF_SECONDS = 86_400;
const Seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_BACKOFF_SECONDS));

/**
 * What mailer cannot serve without. What only one transport needs is checked when that transport
 * opens: until then mail is accepted and waits.
 */
const Variables = v.object({
  ENVIRONMENT: Environment,
  MAIL_SEAL_KEYS: KeySetText,
  EMAIL_FROM: Mailbox,
  EMAIL_SUPPORT: Mailbox,
  MAIL_TRANSPORT: v.picklist(TRANSPORTS),
  MAIL_BACKOFF: jsonText(v.pipe(v.array(Seconds), v.minLength(1), v.maxLength(20))),
  SMTP_URL: v.optional(v.string(), ""),
  SENDGRID_API_URL: v.optional(v.string(), "https://api.sendgrid.com"),
  SENDGRID_API_KEY: v.optional(v.string(), ""),
  SENDGRID_WEBHOOK_PUBLIC_KEY: v.optional(v.string(), ""),
  /** Time scaled for a laptop or a test. */
  MAIL_PROBE_SECONDS: v.pipe(
    v.optional(v.string(), String(PROBE_SECONDS)),
    v.regex(/^\d+(?:\.\d+)?$/, "must be a number of seconds"),
    v.transform(Number),
    v.minValue(0.1),
    v.maxValue(3_600),
  ),
});
export const Config = v.pipe(
  Variables,
  v.check(
    ({ ENVIRONMENT, MAIL_PROBE_SECONDS }) =>
      ENVIRONMENT !== "production" || MAIL_PROBE_SECONDS >= PROBE_SECONDS,
    "MAIL_PROBE_SECONDS must be at least 30 in production",
  ),
);
export type Config = v.InferOutput<typeof Config>;

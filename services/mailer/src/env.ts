import { Environment, jsonText, KeySetText } from "@luna/shared/env";
import * as v from "valibot";

import { Mailbox } from "./address.ts";

export type Env = MailerEnv;

/** A day: a longer pause between two attempts is not a retry any more. */
const MAX_BACKOFF_SECONDS = 86_400;
const Seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_BACKOFF_SECONDS));

/**
 * What mailer cannot serve without. What only one transport needs is checked when that transport
 * opens: until then mail is accepted and waits.
 */
export const Config = v.object({
  ENVIRONMENT: Environment,
  MAIL_SEAL_KEYS: KeySetText,
  EMAIL_FROM: Mailbox,
  EMAIL_SUPPORT: Mailbox,
  MAIL_TRANSPORT: v.picklist(["smtp", "sendgrid", "cloudflare"]),
  MAIL_BACKOFF: jsonText(v.pipe(v.array(Seconds), v.minLength(1), v.maxLength(20))),
  SMTP_URL: v.optional(v.string(), ""),
  SENDGRID_API_URL: v.optional(v.string(), "https://api.sendgrid.com"),
  SENDGRID_API_KEY: v.optional(v.string(), ""),
});
export type Config = v.InferOutput<typeof Config>;

import * as v from "valibot";

import type { Trace } from "../trace.ts";
import type { Result } from "./result.ts";

/** The mails that exist, with the variables each one needs. */
export const TEMPLATE_VARIABLES = {
  /** Confirms a new address. `link` holds the token, so it travels sealed. */
  verify: ["name", "link"],
  /** Somebody signed up with an address that already has an account. */
  account_exists: ["name", "link"],
  /** Sets a new password. `link` holds the token. */
  reset: ["name", "link"],
  receipt: ["name", "plan", "amount", "invoice"],
} as const;
export type TemplateName = keyof typeof TEMPLATE_VARIABLES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATE_VARIABLES) as TemplateName[];

/** A name, an amount, a link: nothing a template needs is longer. */
const MAX_VARIABLE = 2_000;
const Variables = v.record(v.string(), v.pipe(v.string(), v.maxLength(MAX_VARIABLE)));

/** A mail somebody wants sent. Accepting it is a promise that it ends in an explained state. */
export const MailIntent = v.pipe(
  v.object({
    /** `<kind>:<entity>:<version>`; a repeat with the same key is the same mail. */
    key: v.pipe(v.string(), v.minLength(3), v.maxLength(200)),
    template: v.picklist(TEMPLATE_NAMES),
    /** BCP 47; the mailer falls back to English. */
    locale: v.pipe(v.string(), v.maxLength(35)),
    to: v.pipe(v.string(), v.maxLength(254)),
    vars: Variables,
    /** Variables that hold a secret, each sealed under MAIL_SEAL_KEYS for the purpose `mail:<key>`. */
    sealed: Variables,
    /** Whose mail it is; `null` before there is an account. */
    userId: v.nullable(v.string()),
    /** Milliseconds since 1970 after which it is worthless and never sent; `null` for never. */
    expiresAt: v.nullable(v.number()),
  }),
  v.check(
    ({ template, vars, sealed }) =>
      TEMPLATE_VARIABLES[template].every(
        (name) => Object.hasOwn(vars, name) || Object.hasOwn(sealed, name),
      ),
    "a variable of the template is missing",
  ),
);
export type MailIntent = v.InferOutput<typeof MailIntent>;

/** One D1 batch and one queue message hold them all. */
const MAX_INTENTS = 100;
export const MailIntents = v.pipe(v.array(MailIntent), v.maxLength(MAX_INTENTS));

/** The purpose every sealed variable of a mail is bound to. */
export const sealPurpose = (key: string): string => `mail:${key}`;

export interface MailerForServices {
  /** Writes the intents (at most 100) to the ledger, all or none. Idempotent by key. */
  accept(
    intents: MailIntent[],
    trace: Trace,
  ): Promise<Result<null, "invalid_input" | "unavailable">>;
}

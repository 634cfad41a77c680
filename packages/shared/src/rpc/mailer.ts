import * as v from "valibot";

import type { Trace } from "../trace.ts";
import type { Result } from "./result.ts";

/** A duration in whole seconds, a moment as `Date.toJSON()` writes it. */
const DURATION = /^\d{1,9}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const WEB_ADDRESS = /^https?:\/\/[^\s<>"]+$/i;

/** What a variable is, and the text it travels as. The mailer words it in the reader's language. */
const KINDS = {
  /** One line, shown as it stands. */
  text: () => true,
  /** A web address without a secret in it. */
  link: (value) => WEB_ADDRESS.test(value),
  /** A web address that holds a token: it must come sealed, so nobody can check it on the way. */
  secret: () => true,
  /** RFC 3339 in UTC; shown with hour and time zone. */
  time: (value) => MOMENT.test(value) && !Number.isNaN(Date.parse(value)),
  /** RFC 3339 in UTC; shown as a calendar day of the reader's time zone. */
  day: (value) => MOMENT.test(value) && !Number.isNaN(Date.parse(value)),
  /** Whole seconds: `604800` is shown as "7 days". */
  duration: (value) => DURATION.test(value),
  /** `49.00 USD`: decimal and ISO 4217. What the provider printed is shown as it stands. */
  money: () => true,
} as const satisfies Record<string, (value: string) => boolean>;
export type VariableKind = keyof typeof KINDS;

/**
 * The mails that exist, with the variables each one needs. Every one also takes `timezone`, the
 * reader's IANA time zone; without it times are shown in UTC.
 */
export const TEMPLATES = {
  /** Confirms the address of a new account. */
  verify: { name: "text", link: "secret" },
  /** Somebody tried to use an address that already has an account. */
  account_exists: { name: "text", link: "link" },
  /** Sets a new password. */
  reset: { name: "text", link: "secret" },
  /** To the new address: the change takes effect when `link` is followed. */
  email_change_confirm: { name: "text", link: "secret", validFor: "duration" },
  /** To the old address, at the request; `link` sets a new password, which stops the change. */
  email_change_notice: { name: "text", newEmail: "text", at: "time", link: "link" },
  /** A sign-in from a device not seen before; `device` such as "Firefox, Linux", or empty. */
  new_device: { name: "text", device: "text", at: "time", link: "link" },
  /** An API key was made; `prefix` is the part of it that is no secret. */
  key_created: { name: "text", keyName: "text", prefix: "text", at: "time", link: "link" },
  /** To whoever is asked to join; `inviter` and `team` are names people chose. */
  invitation: { inviter: "text", team: "text", link: "secret", validFor: "duration" },
  receipt: { name: "text", plan: "text", amount: "money", invoice: "text" },
  /** `link` opens the page where the card can be changed. */
  payment_failed: { name: "text", plan: "text", amount: "money", link: "link" },
  payment_recovered: { name: "text", plan: "text", amount: "money" },
  /** The plan stays until `endsAt`; `link` opens the page where it can be resumed. */
  subscription_cancelled: { name: "text", plan: "text", endsAt: "day", link: "link" },
  plan_changed: { name: "text", oldPlan: "text", plan: "text", at: "day" },
  export_ready: { name: "text", link: "secret", validFor: "duration" },
  account_erased: { name: "text", at: "day" },
  /** To the address of a purchase: `account` is the address of whoever claims it. */
  claim_purchase: { account: "text", order: "text", link: "secret", validFor: "duration" },
} as const satisfies Record<string, Readonly<Record<string, VariableKind>>>;
export type TemplateName = keyof typeof TEMPLATES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];

/** What a sender must give a template, in `vars` or, for a secret, in `sealed`. */
export type VariablesOf<T extends TemplateName> = Readonly<
  Record<keyof (typeof TEMPLATES)[T], string>
>;

/** The variables of a template with what each one is. */
export const variablesOf = (template: TemplateName): [name: string, kind: VariableKind][] =>
  Object.entries(TEMPLATES[template]);

/** A name, an amount, a link: nothing a template needs is longer. */
const MAX_VARIABLE = 2_000;
const Variables = v.record(v.string(), v.pipe(v.string(), v.maxLength(MAX_VARIABLE)));

const Intent = v.object({
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
});

/** What is wrong with the variables of an intent, or `null`. */
const complaint = ({ template, vars, sealed, expiresAt }: v.InferOutput<typeof Intent>) => {
  for (const [name, kind] of variablesOf(template)) {
    if (kind === "secret" && expiresAt === null) return "a mail with a secret must expire";
    if (Object.hasOwn(sealed, name)) continue;
    if (kind === "secret") return `${name} holds a secret and must come sealed`;
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (value === undefined) return `${name} is missing`;
    if (!KINDS[kind](value)) return `${name} is no ${kind}`;
  }
  return null;
};

/** A mail somebody wants sent. Accepting it is a promise that it ends in an explained state. */
export const MailIntent = v.pipe(
  Intent,
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? complaint(dataset.value) : null;
    if (message !== null) addIssue({ message });
  }),
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

import { type KeySet, seal } from "@luna/shared/key-set";
import {
  type MailIntent,
  type MailerForServices,
  sealPurpose,
  type TemplateName,
  variablesOf,
  type VariablesOf,
} from "@luna/shared/rpc/mailer";
import { err } from "@luna/shared/rpc/result";
import type { UsersForAuth } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import type { Config } from "./env.ts";

/** A mail about somebody's account. Name, language and time zone are the profile's at delivery. */
export type AccountMail = Pick<MailIntent, "key" | "template" | "vars" | "sealed" | "expiresAt"> & {
  userId: string;
  /** `null` for the address of the account. */
  to: string | null;
};

interface Wanted<T extends TemplateName> {
  template: T;
  /** Once per key, whatever is repeated. */
  key: string;
  userId: string;
  to: string | null;
  vars: Omit<VariablesOf<T>, "name" | "link">;
  link: string;
  /** `null`: as long as the mailer thinks such a mail is worth sending. */
  expiresAt: number | null;
}

/** A link with a token in it travels sealed; any other lets a refused mail be sent again. */
const carried = async (
  template: TemplateName,
  key: string,
  link: string,
  keys: KeySet,
): Promise<Pick<MailIntent, "vars" | "sealed">> => {
  const secret = variablesOf(template).some(([name, kind]) => name === "link" && kind === "secret");
  return secret
    ? { vars: {}, sealed: { link: await seal(keys, link, sealPurpose(key)) } }
    : { vars: { link }, sealed: {} };
};

/** The effect that sends it. */
export const accountMail = async <T extends TemplateName>(
  { link, ...mail }: Wanted<T>,
  { MAIL_SEAL_KEYS }: Pick<Config, "MAIL_SEAL_KEYS">,
) => {
  const { vars, sealed } = await carried(mail.template, mail.key, link, MAIL_SEAL_KEYS);
  const payload: AccountMail = { ...mail, vars: { ...mail.vars, ...vars }, sealed };
  return { effect: "mail.account" as const, key: mail.key, payload };
};

/** Words the mail for the person behind the account and hands it on. */
export const sendAccountMail = async (
  { users, mailer }: { users: UsersForAuth; mailer: MailerForServices },
  { to, ...mail }: AccountMail,
  trace: Trace,
) => {
  const contact = await users.contactOf(mail.userId, trace);
  if (!contact.ok) {
    // Whoever has been erased gets no more mail.
    return contact.code === "not_found" ? err("invalid_input" as const, "no such user") : contact;
  }
  const { email, name, locale, timezone } = contact.value;
  const vars = { name, timezone, ...mail.vars };
  return mailer.accept([{ ...mail, vars, locale, to: to ?? email }], trace);
};

import { seal } from "@luna/shared/key-set";
import {
  type MailIntent,
  type MailerForServices,
  sealPurpose,
  type TemplateName,
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

/** The effect that sends it; the link is sealed whether or not it holds a token. */
export const accountMail = async <T extends TemplateName>(
  { link, ...mail }: Wanted<T>,
  { MAIL_SEAL_KEYS }: Pick<Config, "MAIL_SEAL_KEYS">,
) => ({
  effect: "mail.account" as const,
  key: mail.key,
  payload: {
    ...mail,
    sealed: { link: await seal(MAIL_SEAL_KEYS, link, sealPurpose(mail.key)) },
  } satisfies AccountMail,
});

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

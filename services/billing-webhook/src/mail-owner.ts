import type { MailerForServices, TemplateName, VariablesOf } from "@luna/shared/rpc/mailer";
import { err, type Result } from "@luna/shared/rpc/result";
import type { Contact, UsersForBilling } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";

import type { Owner } from "./owner.ts";

interface Receivers {
  users: UsersForBilling;
  mailer: MailerForServices;
}

/** A mail to the owner of a purchase; `varsFor` fills it for this reader. */
export interface OwnerMail<T extends TemplateName> {
  owner: Owner;
  key: string;
  template: T;
  varsFor: (contact: Contact) => VariablesOf<T>;
}

/** `refused`: nobody can be written to, now or later. */
export const mailOwner = async <T extends TemplateName>(
  { users, mailer }: Receivers,
  { owner, key, template, varsFor }: OwnerMail<T>,
  trace: Trace,
): Promise<Result<null, "refused" | "invalid_input" | "unavailable">> => {
  if (owner.kind !== "user") return err("refused", "only users have an address");
  const contact = await users.contactOf(owner.id, trace);
  if (!contact.ok)
    return contact.code === "unavailable"
      ? err("unavailable", contact.detail)
      : err("refused", "the user is gone");
  const { email, locale, timezone } = contact.value;
  const intent = {
    key,
    template,
    locale,
    to: email,
    vars: { ...varsFor(contact.value), timezone },
    sealed: {},
    userId: owner.id,
    expiresAt: null,
  };
  return mailer.accept([intent], trace);
};

import { type KeySet, open } from "@luna/shared/key-set";
import type { Logger } from "@luna/shared/logger/logger";
import { sealPurpose } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";

import { type Mailbox, parseAddress } from "./address.ts";
import type { ClaimedMail } from "./claimed-mail.ts";
import { failure, type Outcome } from "./outcome.ts";
import { renderMail } from "./render-mail.ts";
import { PAUSED } from "./settle.ts";
import { blockedBy } from "./suppression.ts";
import { POLICIES } from "./templates.ts";
import type { Transport } from "./transport.ts";

/** What writing and handing over a mail needs. */
export interface Desk {
  sealKeys: KeySet;
  from: Mailbox;
  support: Mailbox;
  /** Seconds before each further attempt. */
  backoff: readonly number[];
  log: Logger;
  /** Milliseconds since 1970. */
  clock: () => number;
}

type Withheld = Extract<Outcome, { class: "withheld" }>;

const withhold = (state: Withheld["state"], code: string): Outcome => ({
  class: "withheld",
  state,
  code,
  detail: "",
});

/** Why this mail must not be sent, or `null`. */
export const reasonNotToSend = (mail: ClaimedMail, { clock, backoff }: Desk): Outcome | null => {
  const { onAmbiguous, bypassesUnsubscribe } = POLICIES[mail.template];
  if (mail.expiresAt !== null && mail.expiresAt <= clock()) return withhold("expired", "expired");
  const blocked = blockedBy(mail.suppressions, bypassesUnsubscribe);
  if (blocked !== null) return withhold("suppressed", blocked);
  if (mail.lapsed && onAmbiguous === "hold") return withhold("held", "lease_expired");
  if (mail.paused) return withhold("held", PAUSED);
  // It took its Worker down with it every time so far.
  return mail.lapsed && mail.attempts > backoff.length + 1
    ? withhold("dead", "lease_expired")
    : null;
};

/** The variables with the sealed ones opened. */
const openVariables = async (
  mail: ClaimedMail,
  keys: KeySet,
): Promise<Result<Record<string, string>, "secret_unreadable">> => {
  const variables = { ...mail.vars };
  for (const [name, sealed] of Object.entries(mail.sealed ?? {})) {
    const text = await open(keys, sealed, sealPurpose(mail.key));
    if (text === null) return err("secret_unreadable", name);
    variables[name] = text;
  }
  return ok(variables);
};

const send = async (desk: Desk, mail: ClaimedMail, transport: Transport): Promise<Outcome> => {
  const to = parseAddress(mail.to);
  if (to === null) return failure("permanent", "invalid_address");
  const variables = await openVariables(mail, desk.sealKeys);
  // A key missing from MAIL_SEAL_KEYS may come back, and only this mail waits for it.
  if (!variables.ok) return failure("transient", variables.code, variables.detail);
  const { template, locale } = mail;
  const sender = { name: desk.from.name, support: desk.support.address };
  const rendered = renderMail(template, locale, variables.value, sender);
  if (!rendered.ok) return failure("permanent", rendered.code, rendered.detail);
  return transport.send({
    ...rendered.value,
    mailId: mail.id,
    from: desk.from,
    replyTo: desk.support,
    to,
    date: mail.acceptedAt,
  });
};

/** Hands one claimed mail over, and tells what came of it. Never throws: a bug met on one mail must not keep the others waiting. */
export const deliverMail = async (
  desk: Desk,
  mail: ClaimedMail,
  transport: Transport,
): Promise<Outcome> => {
  try {
    return reasonNotToSend(mail, desk) ?? (await send(desk, mail, transport));
  } catch (error) {
    desk.log.error("mail delivery broke", { mailId: mail.id, error });
    return failure("ambiguous", "internal");
  }
};

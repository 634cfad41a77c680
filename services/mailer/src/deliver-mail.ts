import { type KeySet, open } from "@luna/shared/key-set";
import type { Logger } from "@luna/shared/logger/logger";
import { sealPurpose } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";

import { type Mailbox, parseAddress } from "./address.ts";
import { failure, type Outcome } from "./outcome.ts";
import { renderMail } from "./render-mail.ts";
import { settle } from "./settle.ts";
import type { ClaimedMail, Ledger } from "./store.ts";
import { POLICIES } from "./templates.ts";
import type { Transport } from "./transport.ts";

/** What a delivery needs, whoever drives it: the queue, the alarm, the scheduler, an operator. */
export interface Delivery {
  ledger: Ledger;
  openTransport(): Transport;
  sealKeys: KeySet;
  from: Mailbox;
  support: Mailbox;
  /** Seconds before each further attempt. */
  backoff: readonly number[];
  log: Logger;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** From 0 up to 1. */
  random: () => number;
  /** Wakes a delivery of this mail after `seconds`; may be lost. */
  hint(mail: ClaimedMail, seconds: number): Promise<void>;
}

/** Later than this is left to the alarm, which knows the ledger's next time. */
const MAX_HINT_MS = 60_000;

const withhold = (state: "expired" | "suppressed" | "held", code: string): Outcome => ({
  class: "withheld",
  state,
  code,
  detail: "",
});

/** Why this mail must not be sent now, or `null`. */
const reasonNotToSend = (mail: ClaimedMail, { clock, backoff }: Delivery): Outcome | null => {
  if (mail.expiresAt !== null && mail.expiresAt <= clock()) return withhold("expired", "expired");
  if (mail.suppressed) return withhold("suppressed", "suppressed");
  if (!mail.lapsed) return null;
  if (POLICIES[mail.template].onAmbiguous === "hold") return withhold("held", "lease_expired");
  // It took its Worker down with it every time so far.
  return mail.attempts > backoff.length + 1 ? failure("ambiguous", "lease_expired") : null;
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

const send = async (
  delivery: Delivery,
  mail: ClaimedMail,
  transport: Transport,
): Promise<Outcome> => {
  const refused = reasonNotToSend(mail, delivery);
  if (refused !== null) return refused;
  const to = parseAddress(mail.to);
  if (to === null) return failure("permanent", "invalid_address");
  const variables = await openVariables(mail, delivery.sealKeys);
  // A key missing from MAIL_SEAL_KEYS may come back, and only this mail waits for it.
  if (!variables.ok) return failure("transient", variables.code, variables.detail);
  const { template, locale } = mail;
  const sender = { name: delivery.from.name, support: delivery.support.address };
  const rendered = renderMail(template, locale, variables.value, sender);
  if (!rendered.ok) return failure("permanent", rendered.code, rendered.detail);
  return transport.send({
    ...rendered.value,
    mailId: mail.id,
    from: delivery.from,
    replyTo: delivery.support,
    to,
    date: mail.acceptedAt,
  });
};

/** A bug met on one mail must not keep the others waiting. */
const sendGuarded = async (
  delivery: Delivery,
  mail: ClaimedMail,
  transport: Transport,
): Promise<Outcome> => {
  try {
    return await send(delivery, mail, transport);
  } catch (error) {
    delivery.log.error("mail delivery broke", { mailId: mail.id, error });
    return failure("ambiguous", "internal");
  }
};

/** Sends one claimed mail and writes down what came of it. */
export const deliverMail = async (
  delivery: Delivery,
  mail: ClaimedMail,
  transport: Transport,
): Promise<Outcome> => {
  const { ledger, backoff, random, clock } = delivery;
  const outcome = await sendGuarded(delivery, mail, transport);
  const now = clock();
  const rules = { backoff, onAmbiguous: POLICIES[mail.template].onAmbiguous, now, random };
  const settlement = settle(mail.attempts, outcome, rules);
  const ours = await ledger.finish(mail, outcome, settlement, now);
  const { requestId, traceId } = mail.trace;
  const fields = {
    mailId: mail.id,
    template: mail.template,
    transport: transport.name,
    attempt: mail.fence,
    class: outcome.class,
    code: outcome.code,
    state: settlement.state,
    requestId,
    traceId,
  };
  if (!ours) delivery.log.warn("mail result came after its lease", fields);
  else if (settlement.state === "dead") delivery.log.error("mail is dead", fields);
  else if (outcome.class === "sent") delivery.log.info("mail sent", fields);
  else delivery.log.warn("mail not sent", fields);
  const wait = settlement.nextAt - now;
  if (ours && settlement.state === "retry" && wait <= MAX_HINT_MS)
    await delivery.hint(mail, Math.ceil(wait / 1_000));
  return outcome;
};

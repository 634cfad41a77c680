import { within } from "@luna/shared/deadline";

import { classifySmtpSilence, type SmtpStage } from "./classify-failure.ts";
import { composeMessage, type Message } from "./message.ts";
import { failure, type Outcome } from "./outcome.ts";
import { refusalOutcome } from "./smtp-refusal.ts";
import { type Connect, createSession, Refusal, type Session, Unfit } from "./smtp-session.ts";
import type { SmtpTarget } from "./smtp-url.ts";
import { SEND_DEADLINE_MS, type Transport } from "./transport.ts";

/** Servers close a connection after some mails (Postfix: 100, Exim: 1,000), so we do before. */
const MAILS_PER_CONNECTION = 50;

const outcomeOf = (error: unknown, stage: SmtpStage): Outcome => {
  if (error instanceof Refusal) return refusalOutcome(stage, error.reply, error.message);
  const text = error instanceof Error ? error.message : "";
  if (error instanceof Unfit) return failure("provider", "smtp_unfit", text);
  return failure(classifySmtpSilence(stage), `smtp_cut_${stage}`, text);
};

class Late extends Error {}

/** Whatever `work` does after its time is nobody's business any more. */
const inTime = <T>(work: Promise<T>, ms: number): Promise<T> =>
  within(ms, work, () => {
    throw new Late("no answer in time");
  });

/** Submits over SMTP and keeps the connection between mails: a greeting costs more than a mail. */
export const smtpTransport = (
  target: SmtpTarget,
  connect: Connect,
  deadlineMs = SEND_DEADLINE_MS,
): Transport => {
  let session: Session | null = null;
  let served = 0;

  const leave = async (): Promise<void> => {
    const leaving = session;
    session = null;
    await leaving?.quit();
  };

  /** A refused mail leaves the connection usable; anything else does not. */
  const recover = async (error: unknown): Promise<void> => {
    const failed = session;
    session = null;
    // 421 announces that the server hangs up; 3xx instead of 2xx would leave us out of step.
    const usable = error instanceof Refusal && error.reply.code !== 421 && error.reply.code >= 400;
    try {
      if (failed === null) return;
      if (!usable || served === 0) return await failed.drop();
      await inTime(failed.reset(), deadlineMs);
      session = failed;
    } catch {
      await failed?.drop();
    }
  };

  const attempt = async (message: Message, data: string): Promise<Outcome> => {
    if (served >= MAILS_PER_CONNECTION) await leave();
    const hello = message.from.address.slice(message.from.address.lastIndexOf("@") + 1);
    const opened = session === null;
    let current: Session | null = session;
    try {
      current ??= session = createSession(target, connect, hello);
      const { open, send } = current;
      const dialogue = async () => {
        if (opened) {
          served = 0;
          await open();
        }
        served += 1;
        return send({ from: message.from.address, to: message.to, data });
      };
      const reply = await inTime(dialogue(), deadlineMs);
      return { class: "sent", code: "smtp_250", detail: "", providerId: reply.lines.join(" ") };
    } catch (error) {
      const stage = current?.stage() ?? "connect";
      await recover(error);
      // A kept connection may have gone stale; before the recipient was named nothing is lost.
      if (!opened && stage === "sender" && !(error instanceof Refusal || error instanceof Late))
        return attempt(message, data);
      return outcomeOf(error, stage);
    }
  };

  return {
    name: "smtp",
    async send(message) {
      const data = composeMessage(message);
      return data === null
        ? failure("permanent", "invalid_message", "An address or header is not allowed.")
        : attempt(message, data);
    },
    close: leave,
  };
};

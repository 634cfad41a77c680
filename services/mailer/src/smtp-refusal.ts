import { classifySmtpReply, type SmtpStage } from "./classify-failure.ts";
import { type Bounce, failure, type Outcome } from "./outcome.ts";
import type { SmtpReply } from "./smtp-wire.ts";

/** RFC 3463, where RFC 2034 puts it: what the refusal is about, and what of it. */
const STATUS = /^[45]\.(\d{1,3}\.\d{1,3})(?!\S)/;
/** Nobody has this address: no such mailbox, no such domain, moved away, a domain without mail. */
const NOBODY: ReadonlySet<string> = new Set(["1.1", "1.2", "1.3", "1.6", "1.10"]);
/** Somebody has it and takes no mail: closed, full, or another trouble of the mailbox. */
const NOT_NOW: ReadonlySet<string> = new Set(["1.0", "2.0", "2.1", "2.2"]);

/** A bare 550 says anything from "nobody here" to "no relay for you", so its words must say which. */
const BARE_CODES: ReadonlySet<number> = new Set([550, 551, 553]);
const NOBODY_WORDS =
  /\b(?:no such|unknown) (?:user|mailbox|recipient|address|account)|\b(?:user|mailbox|recipient|address|account) (?:unknown|not found|does(?: not|n't) exist)|\bunrouteable address/i;

const statusOf = ({ lines }: SmtpReply): string | undefined => STATUS.exec(lines[0] ?? "")?.[1];

/** What a final refusal says of the address; `null` when it blames the mail, its sender or us. */
const bounceOf = (stage: SmtpStage, reply: SmtpReply): Bounce | null => {
  const status = statusOf(reply);
  if (status !== undefined) {
    if (NOBODY.has(status)) return "hard_bounce";
    return NOT_NOW.has(status) ? "soft_bounce" : null;
  }
  const bare = stage === "recipient" && BARE_CODES.has(reply.code);
  // Words are no code: they count as much as any refusal of the moment.
  return bare && NOBODY_WORDS.test(reply.lines.join(" ")) ? "soft_bounce" : null;
};

/** The server said no at this stage: what that means for the mail, its address and all others. */
export const refusalOutcome = (stage: SmtpStage, reply: SmtpReply, text: string): Outcome => {
  // Neither yes nor no to a mail that has gone: nobody knows what this server did with it.
  if (stage === "dot" && reply.code < 400) return failure("ambiguous", `smtp_${reply.code}`, text);
  const outcome = failure(classifySmtpReply(stage, reply.code), `smtp_${reply.code}`, text);
  if (outcome.class === "permanent") return { ...outcome, bounce: bounceOf(stage, reply) };
  const status = statusOf(reply);
  if (outcome.class !== "transient" || status === undefined) return outcome;
  return { ...outcome, ofMailbox: NOBODY.has(status) || NOT_NOW.has(status) };
};

import { type Mailbox, parseAddress } from "./address.ts";
import { encodeHeader, encodeMailbox } from "./header.ts";
import { quotedPrintable } from "./quoted-printable.ts";
import type { Rendered } from "./render-mail.ts";

/** One mail, ready for any transport. */
export interface Message extends Rendered {
  mailId: string;
  from: Mailbox;
  replyTo: Mailbox;
  to: string;
  /** Milliseconds since 1970 at which the mail was accepted: every attempt says the same. */
  date: number;
}

/** The same for every attempt, so that a mailbox can recognise a mail that was sent twice. */
const messageIdOf = ({ mailId, from }: Pick<Message, "mailId" | "from">): string =>
  `<${mailId}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`;

/** RFC 5322 §3.3; `toUTCString` gives the same form but for the zone. */
const dateHeader = (time: number): string => new Date(time).toUTCString().replace("GMT", "+0000");

const part = (type: string, boundary: string, body: string): string =>
  [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    "Content-Transfer-Encoding: quoted-printable",
    "",
    quotedPrintable(body),
    "",
  ].join("\r\n");

/**
 * RFC 5322 bytes as 7-bit text with CRLF line ends; equal for every attempt. `null` when an address
 * or a header holds what must not be there: checked here once more, before any byte is sent.
 */
export const composeMessage = (message: Message): string | null => {
  const { mailId, from, replyTo, to } = message;
  if (!/^[a-z0-9]+$/.test(mailId)) return null;
  if ([from.address, replyTo.address, to].some((address) => parseAddress(address) !== address))
    return null;
  const sender = encodeMailbox(from.name, from.address);
  const answer = encodeMailbox(replyTo.name, replyTo.address);
  const subject = encodeHeader(message.subject);
  if (sender === null || answer === null || subject === null) return null;
  const boundary = `=_${mailId}`;
  return [
    `Date: ${dateHeader(message.date)}`,
    `From: ${sender}`,
    `Reply-To: ${answer}`,
    `To: <${to}>`,
    `Message-ID: ${messageIdOf(message)}`,
    `Subject: ${subject}`,
    "Auto-Submitted: auto-generated",
    `X-Mail-Id: ${mailId}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    part("text/plain", boundary, message.text) + part("text/html", boundary, message.html),
  ]
    .join("\r\n")
    .concat(`--${boundary}--\r\n`);
};

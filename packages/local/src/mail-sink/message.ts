import { simpleParser } from "mailparser";

/** A mail as the sink's JSON shows it. A part the mail does not have is the empty string. */
export interface Message {
  id: string;
  /** Envelope recipients: who would really have received it, whatever the headers claim. */
  to: string[];
  from: string;
  subject: string;
  text: string;
  html: string;
  /** By lower-case name, unfolded but otherwise as sent. Repeated ones are joined by ", ". */
  headers: Record<string, string>;
  /** RFC 3339, UTC. */
  receivedAt: string;
}

export type Envelope = Pick<Message, "to" | "from">;

const toHeaders = (lines: readonly { key: string; line: string }[]): Record<string, string> => {
  const values = new Map<string, string>();
  for (const { key, line } of lines) {
    const value = line
      .slice(line.indexOf(":") + 1)
      .replace(/\r?\n(?=[ \t])/g, "")
      .trim();
    const earlier = values.get(key);
    values.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return Object.fromEntries(values);
};

/** Reads raw RFC 5322 bytes. Nothing is derived: a mail without a text part shows none. */
export const parseMessage = async (
  raw: Buffer,
  envelope: Envelope,
): Promise<Omit<Message, "id" | "receivedAt">> => {
  const mail = await simpleParser(raw, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
  });
  return {
    to: envelope.to,
    from: mail.from?.value[0]?.address ?? envelope.from,
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: typeof mail.html === "string" ? mail.html : "",
    headers: toHeaders(mail.headerLines),
  };
};

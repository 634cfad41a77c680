import { createSign, type KeyObject, randomUUID } from "node:crypto";

/** What the recipient's server does with every mail from now on. */
export const SENDGRID_FATES = [
  "delivered",
  "deferred",
  "bounce",
  "blocked",
  "dropped",
  "spamreport",
  "unsubscribe",
  "none",
] as const;
export type SendGridFate = (typeof SENDGRID_FATES)[number];

/** A mail the provider has taken. */
export interface Taken {
  /** `X-Message-Id` of the answer. */
  messageId: string;
  recipient: string;
  /** Sent along with the mail; each comes back as a field of the event. */
  customArgs: Readonly<Record<string, string>>;
}

export interface EventWebhook {
  url: string;
  /** Signs with ECDSA on P-256. */
  privateKey: KeyObject;
}

const FATES: Readonly<Record<Exclude<SendGridFate, "none">, Record<string, unknown>>> = {
  delivered: { event: "delivered", response: "250 OK" },
  deferred: { event: "deferred", response: "450 try again later", attempt: "1" },
  bounce: { event: "bounce", type: "bounce", status: "5.1.1", reason: "550 no such user" },
  blocked: { event: "bounce", type: "blocked", status: "4.7.1", reason: "554 not now" },
  dropped: { event: "dropped", reason: "Bounced Address" },
  spamreport: { event: "spamreport" },
  unsubscribe: { event: "unsubscribe" },
};
/** These come after a mail has arrived. */
const READER: ReadonlySet<SendGridFate> = new Set(["spamreport", "unsubscribe"]);

const eventOf = ({ messageId, recipient, customArgs }: Taken, fields: object, now: number) => ({
  ...customArgs,
  email: recipient,
  timestamp: Math.floor(now / 1_000),
  sg_event_id: randomUUID(),
  sg_message_id: `${messageId}.recvd-local-0-0`,
  "smtp-id": `<${messageId}@sendgrid.local>`,
  ...fields,
});

/** The events of one mail, in order. */
export const eventsOf = (taken: Taken, fate: SendGridFate, now: number): object[] => {
  if (fate === "none") return [];
  const fields = [
    // What is dropped was never processed.
    ...(fate === "dropped" ? [] : [{ event: "processed" }]),
    ...(READER.has(fate) ? [FATES.delivered] : []),
    FATES[fate],
  ];
  return fields.map((one) => eventOf(taken, one, now));
};

/** What SendGrid posts: a JSON array that ends in CRLF, signed together with the time in seconds. */
const signedRequest = (events: readonly object[], key: KeyObject, now: number) => {
  const body = `${JSON.stringify(events)}\r\n`;
  const timestamp = String(Math.floor(now / 1_000));
  return {
    body,
    headers: {
      "Content-Type": "application/json",
      "User-Agent": "SendGrid Event API",
      "X-Twilio-Email-Event-Webhook-Signature": createSign("sha256")
        .update(timestamp + body)
        .sign(key, "base64"),
      "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    },
  };
};

/** Real deliveries are repeated for a day; here a moment is long enough for a restart. */
const ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** Posts until the receiver says 2xx. Signed anew each time, as an old signature expires. */
export const createEventSender = ({ url, privateKey }: EventWebhook) => {
  const stopped = new AbortController();
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      stopped.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  const post = async (events: readonly object[]): Promise<boolean> => {
    const request = signedRequest(events, privateKey, Date.now());
    try {
      const response = await fetch(url, { method: "POST", ...request, signal: stopped.signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
  return {
    async send(events: readonly object[]): Promise<void> {
      if (events.length === 0) return;
      for (let attempt = 1; attempt <= ATTEMPTS && !stopped.signal.aborted; attempt += 1) {
        if (await post(events)) return;
        if (attempt < ATTEMPTS) await pause();
      }
    },
    stop: (): void => stopped.abort(),
  };
};

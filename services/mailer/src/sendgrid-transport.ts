import { classifyHttpStatus } from "./classify-failure.ts";
import { composeMessage, type Message } from "./message.ts";
import { failure, type Outcome } from "./outcome.ts";
import { SEND_DEADLINE_MS, type Transport } from "./transport.ts";

export interface SendGrid {
  apiUrl: string;
  apiKey: string;
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** A longer wish than this is a quota, and is asked about again before it heals. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;
/** `{"errors":[{"message", …}]}`; only the beginning is kept. */
const MAX_ERROR_BYTES = 2_000;

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send: links in our mails hold tokens, so no tracking. */
const requestBody = ({ mailId, from, replyTo, to, subject, text, html }: Message) => ({
  personalizations: [{ to: [{ email: to }] }],
  from: { email: from.address, ...(from.name === "" ? {} : { name: from.name }) },
  reply_to: { email: replyTo.address },
  subject,
  content: [
    { type: "text/plain", value: text },
    { type: "text/html", value: html },
  ],
  headers: { "X-Mail-Id": mailId, "Auto-Submitted": "auto-generated" },
  custom_args: { mail_id: mailId },
  tracking_settings: {
    click_tracking: { enable: false, enable_text: false },
    open_tracking: { enable: false },
  },
});

/** `Retry-After` in seconds, else `X-RateLimit-Reset` as epoch seconds. */
const retryAfterMs = (headers: Headers, now: number): number | null => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  const wish = Number.isFinite(seconds) ? seconds * 1_000 : reset * 1_000 - now;
  return Number.isFinite(wish) ? Math.min(Math.max(wish, 0), MAX_RETRY_AFTER_MS) : null;
};

const outcomeOf = async (response: Response, now: number): Promise<Outcome> => {
  if (response.status === 202 || response.status === 200) {
    await response.body?.cancel();
    const providerId = response.headers.get("x-message-id");
    return { class: "sent", code: `http_${response.status}`, detail: "", providerId };
  }
  const text = (await response.text()).slice(0, MAX_ERROR_BYTES);
  return failure(
    classifyHttpStatus(response.status),
    `http_${response.status}`,
    text,
    retryAfterMs(response.headers, now),
  );
};

export const sendGridTransport = ({ apiUrl, apiKey, fetch, clock }: SendGrid): Transport => ({
  name: "sendgrid",
  async send(message) {
    if (composeMessage(message) === null)
      return failure("permanent", "invalid_message", "An address or header is not allowed.");
    try {
      const response = await fetch(`${apiUrl.replace(/\/$/, "")}/v3/mail/send`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify(requestBody(message)),
        redirect: "manual",
        signal: AbortSignal.timeout(SEND_DEADLINE_MS),
      });
      return await outcomeOf(response, clock());
    } catch (error) {
      // fetch does not tell whether the request had left, so it may have.
      const text = error instanceof Error ? error.message : "";
      return failure("ambiguous", "http_no_answer", text);
    }
  },
  close: () => Promise.resolve(),
});

import { classifyCloudflareCode } from "./classify-failure.ts";
import { composeMessage } from "./message.ts";
import { failure } from "./outcome.ts";
import type { Transport } from "./transport.ts";

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";

/** Cloudflare Email Service; it sets Message-ID and Date itself. */
export const cloudflareTransport = (email: SendEmail): Transport => ({
  name: "cloudflare",
  async send(message) {
    if (composeMessage(message) === null)
      return failure("permanent", "invalid_message", "An address or header is not allowed.");
    const { from, replyTo, to, subject, text, html, mailId } = message;
    try {
      const { messageId } = await email.send({
        from: { email: from.address, name: from.name },
        replyTo: replyTo.address,
        to,
        subject,
        text,
        html,
        headers: { "X-Mail-Id": mailId },
      });
      return { class: "sent", code: "accepted", detail: "", providerId: messageId };
    } catch (error) {
      const code = codeOf(error);
      const detail = error instanceof Error ? error.message : "";
      return failure(classifyCloudflareCode(code), code === "" ? "no_answer" : code, detail);
    }
  },
  close: () => Promise.resolve(),
});

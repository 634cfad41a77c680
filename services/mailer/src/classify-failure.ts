import type { FailureClass } from "./outcome.ts";

/** How far an SMTP dialogue had come. After `dot` the server may hold the mail. */
export type SmtpStage =
  | "connect"
  | "greeting"
  | "hello"
  | "tls"
  | "auth"
  | "sender"
  | "recipient"
  | "data"
  | "dot";

/** Refused credentials (RFC 4954) and missing TLS (RFC 3207) concern every mail, wherever they come. */
const SMTP_PROVIDER_CODES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/**
 * The class of a server's refusal. A 4xx is worth another try; a 5xx blames the mail once a
 * recipient was named, and before that our account or our software.
 */
export const classifySmtpReply = (stage: SmtpStage, code: number): FailureClass => {
  if (code < 500) return "transient";
  if (SMTP_PROVIDER_CODES.has(code)) return "provider";
  return stage === "recipient" || stage === "data" || stage === "dot" ? "permanent" : "provider";
};

/** The class of a connection that broke or a server that fell silent. */
export const classifySmtpSilence = (stage: SmtpStage): FailureClass =>
  stage === "dot" ? "ambiguous" : "transient";

/** SendGrid `POST /v3/mail/send`. 401 and 403 also mean credits used up or a blocked account. */
export const classifyHttpStatus = (status: number): FailureClass => {
  if (status === 401 || status === 403 || status === 404 || status === 405) return "provider";
  if (status === 429 || status >= 500) return "transient";
  // A redirect from an API is a wrong base URL.
  return status < 400 ? "provider" : "permanent";
};

const CLOUDFLARE_CLASSES: readonly (readonly [RegExp, FailureClass])[] = [
  [/^E_(?:SENDER|DAILY_LIMIT|DOMAIN|UNAUTHORIZED|FORBIDDEN)/, "provider"],
  [/^E_(?:VALIDATION|RECIPIENT|CONTENT|HEADER|FIELD|ATTACHMENT)/, "permanent"],
  [/^E_(?:RATE_LIMIT|INTERNAL|DELIVERY|UNAVAILABLE)/, "transient"],
];

/** Cloudflare Email Service throws errors with a `code`; without one nobody knows what happened. */
export const classifyCloudflareCode = (code: string): FailureClass =>
  CLOUDFLARE_CLASSES.find(([pattern]) => pattern.test(code))?.[1] ?? "ambiguous";

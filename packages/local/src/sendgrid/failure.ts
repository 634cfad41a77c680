import type { Reply } from "../http-server.ts";
import { json } from "../json-reply.ts";

/**
 * A status is answered as such. `cut-before-202` hangs up and forgets the mail; `cut-after-accept`
 * hangs up after the mail was accepted: to the client both look alike.
 */
export const SENDGRID_FAULTS = [
  "none",
  "401",
  "403",
  "429",
  "500",
  "503",
  "slow",
  "cut-before-202",
  "cut-after-accept",
] as const;
export type SendGridFault = (typeof SENDGRID_FAULTS)[number];

const MESSAGES: Readonly<Record<number, string>> = {
  401: "The provided authorization grant is invalid, expired, or revoked",
  403: "The from address does not match a verified Sender Identity.",
  404: "The requested resource could not be found.",
  405: "Method not allowed",
  413: "Payload too large",
  429: "too many requests",
};

/** What the provider allows in a window, and how long that is; only the 429 fault uses them up. */
const CALLS_PER_WINDOW = 600;
const WINDOW_S = 60;

/** SendGrid's error shape, with its rate headers on a 429. */
export const sendGridFailure = (status: number): Reply => {
  const message = MESSAGES[status] ?? "Internal server error";
  const reply = json(status, { errors: [{ message, field: null, help: null }] });
  if (status !== 429) return reply;
  const rate = {
    "X-RateLimit-Limit": String(CALLS_PER_WINDOW),
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": String(Math.floor(Date.now() / 1_000) + WINDOW_S),
  };
  return { ...reply, headers: { ...reply.headers, ...rate } };
};

import type { Outcome } from "./outcome.ts";

export const MAIL_STATES = [
  "queued",
  "sending",
  "retry",
  "sent",
  "failed",
  "dead",
  "expired",
  "suppressed",
  "held",
] as const;
type MailState = (typeof MAIL_STATES)[number];

/** Why a mail is held whose template an operator has paused. */
export const PAUSED = "template_paused";

/** What happens to a mail whose outcome nobody knows. */
export type AmbiguousPolicy = "resend" | "hold";

export interface Settlement {
  state: Exclude<MailState, "queued" | "sending">;
  /** When to try again; meaningless unless the state is `retry`. */
  nextAt: number;
  /** Attempts spent so far. */
  attempts: number;
  reason: string;
}

export interface Rules {
  /** Seconds before each further attempt. */
  backoff: readonly number[];
  onAmbiguous: AmbiguousPolicy;
  /** Milliseconds since 1970. */
  now: number;
  /** From 0 up to 1. */
  random: () => number;
}

/** Mails that failed together must not come back together. */
const JITTER = 0.2;

const jittered = (ms: number, random: () => number): number =>
  Math.round(ms * (1 - JITTER + 2 * JITTER * random()));

/** The state after an attempt. `attempts` counts this one already. */
export const settle = (attempts: number, outcome: Outcome, rules: Rules): Settlement => {
  const { backoff, now, random } = rules;
  const reason = outcome.code;
  const end = (state: Settlement["state"]): Settlement => ({
    state,
    nextAt: now,
    attempts,
    reason,
  });
  const again = (retryAfterMs: number): Settlement => {
    const seconds = backoff[attempts - 1];
    if (seconds === undefined) return end("dead");
    const waitMs = Math.max(jittered(seconds * 1_000, random), retryAfterMs);
    return { state: "retry", nextAt: now + waitMs, attempts, reason };
  };
  switch (outcome.class) {
    case "sent":
      return end("sent");
    case "permanent":
      return end("failed");
    case "withheld":
      return end(outcome.state);
    case "provider":
      // Not this mail's fault, so it costs nothing; the open circuit is what it waits for.
      return { state: "retry", nextAt: now, attempts: attempts - 1, reason };
    case "transient":
      return again(outcome.retryAfterMs ?? 0);
    case "ambiguous":
      return rules.onAmbiguous === "hold" ? end("held") : again(0);
    default:
      return outcome satisfies never;
  }
};

import type { Message } from "./message.ts";
import type { Outcome } from "./outcome.ts";

export type TransportName = "smtp" | "sendgrid" | "cloudflare";

/**
 * A way out. One instance serves one lane, one mail after the other, and may keep a connection
 * between them. `send` never throws: whatever happens is an outcome.
 */
export interface Transport {
  readonly name: TransportName;
  send(message: Message): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * An attempt that takes longer is given up. Shorter than the lease of a claim, so that a mail is
 * never in two hands; longer than any answer we have seen a provider take.
 */
export const SEND_DEADLINE_MS = 15_000;

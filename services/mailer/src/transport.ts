import type { Message } from "./message.ts";
import type { Outcome } from "./outcome.ts";

export const TRANSPORTS = ["smtp", "sendgrid", "cloudflare"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/**
 * A way out. One instance serves one lane, one mail after the other, and may keep a connection
 * between them. `send` never throws: whatever happens is an outcome.
 */
export interface Transport {
  readonly name: TransportName;
  send(message: Message): Promise<Outcome>;
  close(): Promise<void>;
}

/** An attempt that takes longer is given up; longer than any answer we have seen a provider take. */
export const SEND_DEADLINE_MS = 15_000;

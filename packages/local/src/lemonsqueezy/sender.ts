import { afterAttempt } from "./ladder.ts";
import type { Chaos, Delivery } from "./records.ts";
import { sign } from "./signature.ts";
import type { State } from "./state.ts";

export interface SenderOptions {
  state: State;
  url: string;
  secret: string;
  /** How long a second of the retry ladder lasts, in milliseconds. */
  scaleMs: number;
  chaos: () => Chaos;
  clock: () => number;
  random: () => number;
}

export interface Sender {
  /** Sends these when they are due, and again up the ladder. They must be committed already. */
  send(deliveries: readonly Delivery[]): void;
  close(): Promise<void>;
}

/** How long the receiver may take. The provider does not document its own. */
const TIMEOUT_MS = 15_000;

export const startSender = (options: SenderOptions): Sender => {
  const { state, url, secret, scaleMs, chaos, clock, random } = options;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  const post = async ({ body, eventName }: Delivery): Promise<number | string> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "LemonSqueezy-Hookshot",
          "X-Event-Name": eventName,
          "X-Signature": sign(secret, body),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return chaos().status ?? response.status;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message || cause.name : "failed";
    }
  };

  const attempt = async (delivery: Delivery): Promise<void> => {
    const at = clock();
    const outcome = await post(delivery);
    // An attempt that our own end cut short is not held against the receiver: it is made again
    // after the next start, with the same webhook id.
    if (closing.signal.aborted) return;
    const row = afterAttempt(delivery, { at, outcome }, { chaos: chaos(), scaleMs, random });
    await state.commit([{ table: "deliveries", row }]);
    plan(row);
  };

  const plan = (delivery: Delivery): void => {
    if (delivery.state !== "pending" || closing.signal.aborted) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        // A full disk is the one way to fail here; the next start picks the delivery up again.
        const run = attempt(delivery).catch(() => {});
        running.add(run);
        void run.finally(() => running.delete(run));
      },
      Math.max(0, delivery.dueAt - clock()),
    );
    timers.add(timer);
  };

  return {
    send: (deliveries) => {
      for (const delivery of deliveries) plan(delivery);
    },
    close: async () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
};

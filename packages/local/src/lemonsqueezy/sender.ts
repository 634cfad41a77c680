import { drawOf } from "./draw.ts";
import { afterAttempt } from "./ladder.ts";
import { postWebhook } from "./post-webhook.ts";
import type { Chaos, Progress } from "./records.ts";
import type { State } from "./state.ts";

export interface SenderOptions {
  state: State;
  url: string;
  secret: string;
  /** How long a second of the retry ladder lasts, in milliseconds. */
  scaleMs: number;
  chaos: () => Chaos;
  clock: () => number;
}

export interface Sender {
  /** Sends these when they are due, and again up the ladder. They must be committed already. */
  send(progress: readonly Progress[]): void;
  /** Sends one again by hand, so many times at once, and tells how far it is then. */
  resend(id: number, times: number): Promise<Progress>;
  close(): Promise<void>;
}

/** Requests open at once. What a restart finds overdue goes out in a stream and not in one blow. */
const MOST_OPEN = 400;

export const startSender = (options: SenderOptions): Sender => {
  const { state, url, secret, scaleMs, chaos, clock } = options;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const due: number[] = [];
  const closing = new AbortController();
  const target = { url, secret, clock, closing: closing.signal };

  const attempt = async (id: number, resent: boolean): Promise<void> => {
    const delivery = state.get("deliveries", id);
    const before = state.get("progress", id);
    if (delivery === undefined || before === undefined) return;
    const weather = chaos();
    const draw = drawOf(weather.seed);
    const made = await postWebhook(delivery, before.attempts.length, target, {
      chaos: weather,
      draw,
    });
    // An attempt that our own end cut short is not held against the receiver: it is made again
    // after the next start, with the same webhook id.
    if (closing.signal.aborted) return;
    const row = afterAttempt(
      state.get("progress", id) ?? before,
      resent ? { ...made, resent: true } : made,
      { chaos: chaos(), scaleMs, draw },
    );
    await state.commit([{ table: "progress", row }]);
    if (!resent) plan(row);
  };

  /** Runs an attempt and, when it is over, whatever waited for its place. */
  const track = async (id: number, resent: boolean): Promise<void> => {
    const run = attempt(id, resent);
    running.add(run);
    try {
      await run;
    } finally {
      running.delete(run);
      work();
    }
  };

  const work = (): void => {
    while (running.size < MOST_OPEN && !closing.signal.aborted) {
      const id = due.shift();
      if (id === undefined) return;
      // Sent by hand in the meantime, perhaps.
      if (state.get("progress", id)?.state !== "pending") continue;
      // A full disk is the one way to fail here; the next start picks the delivery up again.
      void track(id, false).catch(() => {});
    }
  };

  const plan = ({ id, state: now, dueAt }: Progress): void => {
    if (now !== "pending" || closing.signal.aborted) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        due.push(id);
        work();
      },
      Math.max(0, dueAt - clock()),
    );
    timers.add(timer);
  };

  return {
    send: (progress) => {
      for (const one of progress) plan(one);
    },
    resend: async (id, times) => {
      await Promise.all(Array.from({ length: times }, () => track(id, true)));
      const row = state.get("progress", id);
      if (row === undefined) throw new Error(`no delivery ${id}`);
      return row;
    },
    close: async () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
};

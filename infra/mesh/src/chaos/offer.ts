import { Agent, request } from "node:http";

import { sign } from "@luna/local/lemonsqueezy/signature";

import { pause, type ProviderEvent } from "./provider-event.ts";

/** The provider's waits before each attempt, in seconds; then it forgets the event. */
const LADDER_S = [0, 5, 25, 125];
/**
 * Connections of the provider: enough for a hundred a second if each takes a tenth of one, and so few
 * that a receiver which takes two a second still answers all of them in time. Whatever comes due while
 * all are busy is late, and not lost.
 */
const CONNECTIONS = 16;
/** How long most senders wait for an answer; the front of a mesh that was killed may never give one. */
const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 20;

export interface Offer {
  url: string;
  /** What is signed with at the moment. */
  secret: () => string;
  /** First attempts. */
  perSecond: number;
  /** How long one of the provider's seconds lasts between its attempts. */
  secondMs: number;
  /** After this nothing more is attempted. */
  limitMs?: number;
  /** Called in the very moment in which the first bytes of a 200 are read. */
  onAck?: (event: ProviderEvent, ms: number) => void;
}

export interface Offered {
  acked: ProviderEvent[];
  /** What was refused or not answered four times. */
  givenUp: ProviderEvent[];
  /** What the limit left no time for. */
  unsent: ProviderEvent[];
  /** Attempts that were answered with a 4xx: a receiver that is merely away says something else. */
  refusals: number;
  seconds: number;
}

interface Attempt {
  event: ProviderEvent;
  rung: number;
  due: number;
}

/** One attempt; its status as soon as the head of the answer was read, whatever becomes of the rest, or 0. */
const attemptOnce = (
  { url, secret, onAck }: Offer,
  agent: Agent,
  event: ProviderEvent,
): Promise<number> =>
  new Promise((done) => {
    const begun = performance.now();
    let status = 0;
    const attempt = request(`${url}/webhooks/lemonsqueezy`, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(event.body),
        "user-agent": "LemonSqueezy-Hookshot",
        "x-event-name": event.name,
        "x-signature": sign(secret(), event.body),
      },
    });
    const timer = setTimeout(() => attempt.destroy(), TIMEOUT_MS);
    const end = (): void => {
      clearTimeout(timer);
      done(status);
    };
    attempt.once("response", (response) => {
      status = response.statusCode ?? 0;
      if (status === 200) onAck?.(event, performance.now() - begun);
      response.once("close", end).on("error", end).resume();
    });
    attempt.on("error", end).end(event.body);
  });

/**
 * Delivers as the provider does: first attempts at an even rate, so many connections at most, and
 * what is not acknowledged again after 5, 25 and 125 of its seconds. A receiver that is slower than
 * the rate makes all of it late; it never has more than the connections to answer at once.
 */
export const offer = async (events: readonly ProviderEvent[], options: Offer): Promise<Offered> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const begun = performance.now();
  const end = begun + (options.limitMs ?? Number.POSITIVE_INFINITY);
  const acked: ProviderEvent[] = [];
  const givenUp: ProviderEvent[] = [];
  let refusals = 0;
  // One queue for each rung: within one, whatever came first is due first.
  const queues: Attempt[][] = LADDER_S.map(() => []);
  queues[0]?.push(
    ...events.map((event, index) => {
      return { event, rung: 0, due: begun + (index * 1_000) / options.perSecond };
    }),
  );
  const running = new Set<Promise<void>>();
  const make = async ({ event, rung }: Attempt): Promise<void> => {
    const status = await attemptOnce(options, agent, event);
    if (status >= 400 && status < 500) refusals += 1;
    if (status === 200) acked.push(event);
    else {
      const seconds = LADDER_S[rung + 1];
      const due = performance.now() + (seconds ?? 0) * options.secondMs;
      if (seconds === undefined) givenUp.push(event);
      else queues[rung + 1]?.push({ event, rung: rung + 1, due });
    }
  };
  const head = (queue: readonly Attempt[]): number => queue[0]?.due ?? Number.POSITIVE_INFINITY;
  while (performance.now() < end) {
    const earliest = queues.toSorted((a, b) => head(a) - head(b))[0] ?? [];
    const wait = head(earliest) - performance.now();
    if (running.size >= CONNECTIONS || (wait === Number.POSITIVE_INFINITY && running.size > 0))
      await Promise.race(running);
    else if (wait === Number.POSITIVE_INFINITY) break;
    else if (wait > 0) await pause(Math.min(wait, LOOK_EVERY_MS));
    else {
      const one = earliest.shift() as Attempt;
      const made: Promise<void> = make(one).finally(() => running.delete(made));
      running.add(made);
    }
  }
  await Promise.all(running);
  agent.destroy();
  const unsent = queues.flat().map(({ event }) => event);
  return { acked, givenUp, unsent, refusals, seconds: (performance.now() - begun) / 1_000 };
};

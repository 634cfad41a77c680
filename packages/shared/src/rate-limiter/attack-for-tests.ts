import type { Policy } from "./policy.ts";
import { randomOf, SECOND, START } from "./simulation-for-tests.ts";
import type { Limiter } from "./simulation-for-tests.ts";

export interface Trace {
  asked: number[];
  admitted: number[];
}

/**
 * Someone who wants more than the limit in some window, for `windows` windows: bursts at window ends,
 * comes back at `retryAt` to the ms and one too early, trickles, pauses 12 s, and pulls the plug.
 */
export const attack = (
  limiter: Limiter,
  { limit, windowMs }: Policy,
  options: { seed: number; windows: number; crashes: boolean },
): Trace => {
  const random = randomOf(options.seed);
  const trace: Trace = { asked: [], admitted: [] };
  const end = START + options.windows * windowMs;
  let now = START;
  let retryAt: number | null = null;
  const ask = () => {
    trace.asked.push(now);
    const answer = limiter.ask(now);
    retryAt = answer.retryAt;
    if (answer.admitted) trace.admitted.push(now);
    if (options.crashes && random() < 3 / limit) limiter.crash(now);
  };
  const burst = (hits: number, gap: number) => {
    for (let hit = 0; hit < hits && now < end; hit += 1) {
      ask();
      if (random() < gap) now += 1;
      // Nobody learns more by hammering a closed door than by a few knocks.
      if (retryAt !== null && random() < 0.2) return;
    }
  };
  const moves: (() => void)[] = [
    () => burst(Math.ceil(limit * random() * 1.5), random()),
    () => burst(20, 1),
    () => {
      const rate = (limit / windowMs) * (0.5 + 1.5 * random());
      for (let hit = 0; hit < limit / 5 && now < end; hit += 1) {
        now += Math.round(-Math.log(1 - random()) / rate);
        ask();
      }
    },
    () => {
      now = Math.max(now, (retryAt ?? now) - 1);
      ask();
      now += 1;
      burst(limit, 0.5);
    },
    () => {
      const since = trace.admitted.at(-Math.ceil(random() * limit)) ?? now;
      now = Math.max(now, since + windowMs - Math.round(random() * 5));
      burst(limit, 0.9);
    },
    () => {
      // A step is in use when the plug is pulled; all else is spent later, and the end of the step's
      // window is watched closely.
      if (random() < 0.5) now += windowMs;
      const from = now;
      for (let hit = 0; hit < 30 && now < end; hit += 1) {
        now += Math.round(random() * 150);
        ask();
      }
      if (options.crashes) limiter.crash(now);
      now += Math.round(windowMs / 50);
      burst(limit * 2, 0.1);
      now = Math.max(now, from + windowMs - 10);
      while (now < Math.min(end, from + windowMs + 5 * SECOND)) {
        ask();
        now += Math.ceil(random() * 20);
      }
    },
    () => {
      now += 12 * SECOND;
      if (options.crashes) limiter.crash(now);
    },
  ];
  const goesOn = () => now < end;
  while (goesOn()) moves[Math.floor(random() * moves.length)]?.();
  return trace;
};

import { probe, type Health } from "./health.ts";

/** A reload on a busy machine answers within this; a wedged front never does. */
const TIMEOUT_MS = 3_000;
const INTERVAL_MS = 2_000;
/** One miss may be a reload; three in a row have never been. */
const MISSES = 3;

/** Whether a line of the log is one that the gateway writes when it has answered somebody. */
export const tellsOfAnswer = (line: string): boolean =>
  line.includes('"message":"request"') && line.includes('"service":"gateway"');

/**
 * Counts silences in a row; any answer, healthy or not, starts over. So does a log that tells of
 * more answers than it did before: a front under load is slow to answer us, a wedged one answers
 * nobody. True means "restart now".
 */
export const missCounter = (limit: number): ((health: Health, answers?: number) => boolean) => {
  let misses = 0;
  let known = 0;
  return (health, answers = 0) => {
    misses = health === "silent" && answers <= known ? misses + 1 : 0;
    known = answers;
    if (misses < limit) return false;
    misses = 0;
    return true;
  };
};

/**
 * Probes `url` and calls `restart` when the front accepts and hangs: killing both workerd
 * processes leaves such a port. `answers` tells how many the log has told of so far. Returns the
 * function that stops watching.
 */
export const startWatchdog = (
  url: string,
  answers: () => number,
  restart: () => Promise<void>,
): (() => void) => {
  const wedged = missCounter(MISSES);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    const health = await probe(url, TIMEOUT_MS);
    if (wedged(health, answers()) && !stopped) await restart();
    schedule();
  };
  const schedule = (): void => {
    if (!stopped) timer = setTimeout(() => void round(), INTERVAL_MS);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
};

import { probe, type Health } from "./health.ts";

/** A reload on a busy machine answers within this; a wedged front never does. */
const TIMEOUT_MS = 3_000;
const INTERVAL_MS = 2_000;
/** One miss may be a reload; three in a row have never been. */
const MISSES = 3;

/** Counts silences in a row; any answer, healthy or not, starts over. True means "restart now". */
export const missCounter = (limit: number): ((health: Health) => boolean) => {
  let misses = 0;
  return (health) => {
    misses = health === "silent" ? misses + 1 : 0;
    if (misses < limit) return false;
    misses = 0;
    return true;
  };
};

/**
 * Probes `url` and calls `restart` when the front accepts and hangs: killing both workerd
 * processes leaves such a port. Returns the function that stops watching.
 */
export const startWatchdog = (url: string, restart: () => Promise<void>): (() => void) => {
  const wedged = missCounter(MISSES);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    if (wedged(await probe(url, TIMEOUT_MS)) && !stopped) await restart();
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

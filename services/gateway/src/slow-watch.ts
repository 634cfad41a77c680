/** How often those who wait are looked after: a slow one is noticed this much later at most. */
const LOOK_EVERY_MS = 25;

/** A leader that has not looked for this long may have died with its request. */
const LOST_AFTER_MS = 2 * LOOK_EVERY_MS;

/** Well within the 30 s that a request may live beyond its answer. */
const LEAD_MS = 5_000;

/** What is waited for has taken too long. */
export const SLOW = Symbol("slow");

type WaitUntil = (work: Promise<unknown>) => void;

interface Waiting {
  since: number;
  slow: () => void;
}

/** The request whose timer everybody relies on. */
interface Leader {
  lookedAt: number;
  /** From here on the next request takes over. */
  until: number;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Tells the requests of an isolate that what they wait for takes longer than `slowMs`. A timer of its
 * own costs each some 30 µs of a cached read's 490, so one request leads for a while, beyond its answer, and
 * looks after all. The others learn from it that time has passed and nothing else: each has its own call
 * under way, and decides by itself.
 */
export const createSlowWatch = (slowMs: number) => {
  /** The longest first. */
  const waiting = new Set<Waiting>();
  let leader: Leader | null = null;

  const look = (now: number): void => {
    for (const each of waiting) {
      if (now - each.since < slowMs) return;
      waiting.delete(each);
      each.slow();
    }
  };

  const lead = async (own: Leader): Promise<void> => {
    const isNeeded = (): boolean => leader === own && waiting.size > 0;
    do {
      await pause(LOOK_EVERY_MS);
      own.lookedAt = Date.now();
      look(own.lookedAt);
    } while (isNeeded());
    if (leader === own) leader = null;
  };

  const wait = (each: Waiting, waitUntil: WaitUntil): void => {
    waiting.add(each);
    const now = each.since;
    if (leader !== null && now - leader.lookedAt <= LOST_AFTER_MS && now < leader.until) return;
    leader = { lookedAt: now, until: now + LEAD_MS };
    waitUntil(lead(leader));
  };

  /** The outcome of `work`, or `SLOW` when that takes longer; the work goes on. */
  return <T>(work: Promise<T>, waitUntil: WaitUntil): Promise<T | typeof SLOW> =>
    // By hand, as `within` is: this stands on the path of every request.
    new Promise((resolve, reject) => {
      const each = { since: Date.now(), slow: () => resolve(SLOW) };
      wait(each, waitUntil);
      work.then(
        (value) => {
          waiting.delete(each);
          resolve(value);
        },
        (error: unknown) => {
          waiting.delete(each);
          reject(error);
        },
      );
    });
};

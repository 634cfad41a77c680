import { pause } from "./provider-event.ts";

/** More would only queue up on a machine that is too slow for the rate. */
const MOST_UNDER_WAY = 100;

/**
 * Begins `work` for each item at an even rate, whether or not the last one has ended, and resolves
 * when all have; throws what the first of them threw that failed. Too many under way hold up the next.
 */
export const atRate = async <T>(
  items: readonly T[],
  perSecond: number,
  work: (item: T, index: number) => Promise<unknown>,
  mostUnderWay = MOST_UNDER_WAY,
): Promise<void> => {
  const running = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  let due = performance.now();
  for (const [index, item] of items.entries()) {
    if (running.size >= mostUnderWay) {
      await Promise.race(running);
      due = Math.max(due, performance.now());
    }
    if (failures.length > 0) break;
    await pause(Math.max(0, due - performance.now()));
    due += 1_000 / perSecond;
    const begun: Promise<unknown> = work(item, index)
      // Kept rather than thrown: nobody may be waiting for this one at the moment.
      .catch((error: unknown) => failures.push(error))
      .finally(() => running.delete(begun));
    running.add(begun);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
};

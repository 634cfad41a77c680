import { pause } from "./provider-event.ts";

/** More would only queue up on a machine that is too slow for the rate. */
const MOST_UNDER_WAY = 100;

/**
 * Begins `work` for each item at an even rate, whether or not the last one has ended, and resolves
 * when all have. `gate` may hold up the next ones: what it waits for is not caught up on.
 */
export const atRate = async <T>(
  items: readonly T[],
  perSecond: number,
  work: (item: T, index: number) => Promise<unknown>,
  gate: (index: number) => Promise<void> | undefined = () => undefined,
): Promise<void> => {
  const running = new Set<Promise<unknown>>();
  let due = performance.now();
  for (const [index, item] of items.entries()) {
    const held = gate(index);
    if (held !== undefined) {
      await held;
      due = performance.now();
    }
    if (running.size >= MOST_UNDER_WAY) {
      await Promise.race(running);
      due = Math.max(due, performance.now());
    }
    await pause(Math.max(0, due - performance.now()));
    due += 1_000 / perSecond;
    const begun: Promise<unknown> = work(item, index).finally(() => running.delete(begun));
    running.add(begun);
  }
  await Promise.all(running);
};

import { pause } from "./provider-event.ts";

const LOOK_EVERY_MS = 250;

/**
 * Waits until `left` answers 0, however slow the machine is: only when it has not become less for
 * `patienceMs` does the wait end with `false`.
 */
export const workedOff = async (left: () => number, patienceMs: number): Promise<boolean> => {
  let least = left();
  let moved = performance.now();
  while (least > 0 && performance.now() - moved < patienceMs) {
    await pause(LOOK_EVERY_MS);
    const now = left();
    if (now < least) moved = performance.now();
    least = Math.min(least, now);
    if (now === 0) return true;
  }
  return least === 0;
};

import { JOB_NAMES } from "./jobs.ts";

interface Clocks {
  getByName(name: string): { arm(now: number): Promise<void> };
}

/** Alarms keep themselves alive; this only starts the first one, so once a minute is plenty. */
const ARM_EVERY_MS = 60_000;

/** Per isolate, by the binding. Losing it costs three calls. */
const armedAt = new WeakMap<object, number>();

/**
 * Starts every clock that does not run yet. Locally cron triggers never fire, so there the first
 * look at `/health` is what starts the jobs.
 */
export const armClocks = async (clocks: Clocks, now: number): Promise<void> => {
  if (now - (armedAt.get(clocks) ?? -Infinity) < ARM_EVERY_MS) return;
  armedAt.set(clocks, now);
  try {
    await Promise.all(JOB_NAMES.map((job) => clocks.getByName(job).arm(now)));
  } catch (error) {
    armedAt.delete(clocks);
    throw error;
  }
};

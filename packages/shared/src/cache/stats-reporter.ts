import type { CacheIsolate } from "./isolate.ts";
import type { WaitUntil } from "./single-flight.ts";
import type { CacheStatsDoor } from "./stats-report.ts";

/** DESIGN §4: an isolate posts at most this often, and a reset is heard of this soon. */
export const POST_EVERY_MS = 10_000;

/** One isolate's side of the CacheStats object. */
export interface StatsReporter {
  /** Called with every request served; posts in its background when a post is due. Never throws. */
  served(stats: Pick<CacheStatsDoor, "post">, waitUntil: WaitUntil): void;
}

/** One per isolate. `id` is random and names the isolate. */
export const createStatsReporter = (
  { metrics, circuit, clock }: Pick<CacheIsolate, "metrics" | "circuit" | "clock">,
  id: string,
): StatsReporter => {
  let postedAt = Number.NEGATIVE_INFINITY;
  let generation = 0;
  const post = async (stats: Pick<CacheStatsDoor, "post">) => {
    try {
      const { state, failures } = circuit;
      const answer = await stats.post({
        isolate: id,
        generation,
        state,
        failures,
        ...metrics.totals(),
      });
      // An answer that was overtaken by a later one must not undo it.
      if (answer.generation <= generation) return;
      generation = answer.generation;
      circuit.reset();
    } catch {
      // Totals only grow: the next post says what this one could not.
    }
  };
  return {
    served: (stats, waitUntil) => {
      if (clock() - postedAt < POST_EVERY_MS) return;
      postedAt = clock();
      waitUntil(post(stats));
    },
  };
};

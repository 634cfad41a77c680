import type { LimiterMode } from "../instruments/limiter-mode.ts";
import type { Tally } from "../instruments/tally.ts";
import { openConnection } from "../load/connection.ts";
import { requestBytes } from "../load/request.ts";
import type { Workers } from "./start-workers.ts";

/** Reads and steers the isolates of an instrumented mesh; without instruments every call throws. */
export const connectInstruments = (workers: Workers, names: readonly string[]) => {
  const call = async (worker: string, path: string): Promise<Tally> => {
    if (!names.includes(worker)) throw new Error(`${worker} has no instruments`);
    const connection = await openConnection(await workers.instrumentsPort(worker));
    try {
      const { body } = await connection.ask(requestBytes({ path }));
      return JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1)) as Tally;
    } finally {
      connection.close();
    }
  };
  const all = (path: string): Promise<Tally[]> =>
    Promise.all(names.map((name) => call(name, path)));

  return {
    reset: () => all("/reset"),
    /** What one isolate did. */
    of: (worker: string) => call(worker, "/"),
    /** What all isolates did together. */
    async total(): Promise<Tally> {
      const tallies = await all("/");
      const sum = { ...tallies[0] } as Tally;
      for (const tally of tallies.slice(1))
        for (const name of Object.keys(sum) as (keyof Tally)[]) sum[name] += tally[name];
      return sum;
    },
    /** Stops the clock of every isolate at this time (ms). */
    setClock: (at: number) => all(`/clock?at=${at}`),
    releaseClock: () => all("/clock"),
    setLimiter: (mode: LimiterMode) => all(`/limiter?mode=${encodeURIComponent(mode)}`),
    /** The object forgets everything that is not on disk. */
    abort: (worker: string, binding: string, name: string) =>
      call(worker, `/abort?binding=${binding}&name=${encodeURIComponent(name)}`),
  };
};

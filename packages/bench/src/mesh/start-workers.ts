import { Miniflare, Log, LogLevel, type MiniflareOptions } from "miniflare";

import { quietRuntime } from "./quiet-runtime.ts";
import type { WorkerConfig } from "./worker-options.ts";

/** The instruments' door, on a socket of its own beside the Worker's. */
const INSTRUMENTS = "Instruments";

export interface WorkerStart {
  config: WorkerConfig;
  /** Whether the Worker is reached from outside, on workerd's own socket. */
  socket: boolean;
  /** Whether it runs inside the counting shell. */
  instrumented: boolean;
}

const socketsOf = ({ socket, instrumented }: WorkerStart) => [
  ...(socket ? [{ host: "127.0.0.1", port: 0 }] : []),
  ...(instrumented ? [{ host: "127.0.0.1", port: 0, entrypoint: INSTRUMENTS }] : []),
];

/** Where Workers of several processes find each other, and where those of this one keep their state. */
export interface Neighbourhood {
  registry: string;
  storage: string;
}

/** Several Workers in one workerd, reached directly: no proxy, no dev server, no log parser. */
export const startWorkers = async (
  starts: readonly WorkerStart[],
  neighbourhood: Neighbourhood | null = null,
) => {
  const runtime = quietRuntime();
  const options: MiniflareOptions = {
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    ...(neighbourhood === null
      ? { enableDevRegistry: false }
      : {
          unsafeDevRegistryPath: neighbourhood.registry,
          resourcePersistencePath: neighbourhood.storage,
        }),
    cf: false,
    workers: starts.map((start) => ({
      config: start.config,
      dev: { unsafeDirectSockets: socketsOf(start), unsafeRegisterWorker: neighbourhood !== null },
    })),
  };
  const miniflare = new Miniflare(options);
  await miniflare.ready;

  const portOf = async (worker: string, entrypoint?: string): Promise<number> =>
    Number((await miniflare.unsafeGetDirectURL(worker, entrypoint)).port);

  let stopped = false;
  return {
    miniflare,
    portOf,
    cpuMs: runtime.cpuMs,
    instrumentsPort: (worker: string) => portOf(worker, INSTRUMENTS),
    async stop() {
      if (stopped) return;
      stopped = true;
      await miniflare.dispose();
      runtime.done();
    },
  };
};
export type Workers = Awaited<ReturnType<typeof startWorkers>>;

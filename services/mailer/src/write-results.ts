import { within } from "@luna/shared/deadline";

import type { DeliveryLedger } from "./delivery-store.ts";
import type { Result } from "./settle-store.ts";

/** More than this unwritten, and the lanes wait: each is a mail that a crash would leave in doubt. */
const MAX_UNWRITTEN = 16;
/** An outcome that was lost is a mail sent twice, so a database that stumbles is asked again. */
const WRITE_ATTEMPTS = 4;
const PAUSE_MS = 250;

const pause = (): Promise<null> => within<null>(PAUSE_MS, new Promise(() => {}), () => null);

/**
 * Writes results as they come, one write at a time: what arrives meanwhile goes with the next one,
 * so the busier the run, the fewer writes for each mail.
 */
export const createWriter = (
  ledger: Pick<DeliveryLedger, "settle">,
  clock: () => number,
  written: (results: readonly Result[], ours: ReadonlySet<string>) => void,
) => {
  let waiting: Result[] = [];
  let writing: Promise<void> | null = null;
  let failure: unknown = null;

  const write = async (results: readonly Result[], attempt = 1): Promise<void> => {
    try {
      written(results, await ledger.settle(results, clock()));
    } catch (error) {
      if (attempt === WRITE_ATTEMPTS) throw error;
      await pause();
      await write(results, attempt + 1);
    }
  };

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0 && failure === null) {
      const results = waiting;
      waiting = [];
      try {
        await write(results);
      } catch (error) {
        failure = error;
      }
    }
    writing = null;
  };

  return {
    /** Resolves when the next result may come. */
    async put(result: Result): Promise<void> {
      waiting.push(result);
      writing ??= writeAll();
      if (waiting.length >= MAX_UNWRITTEN) await writing;
      if (failure !== null) throw failure;
    },
    async close(): Promise<void> {
      await writing;
      if (failure !== null) throw failure;
    },
  };
};

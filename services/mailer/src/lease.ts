import type { Logger } from "@luna/shared/logger/logger";

import { LEASE_MS } from "./delivery-store.ts";

/** A quarter of the lease: three renewals may fail before anybody else takes over. */
const HEARTBEAT_MS = LEASE_MS / 4;
/** With less than this left no mail is begun, since somebody else may soon begin it too. */
const MARGIN_MS = LEASE_MS / 4;

/**
 * Renews what a run holds while it works, so that the lease can be short and an attempt long. A
 * worker that dies stops renewing; one that cannot renew begins nothing more.
 */
export const keepLease = (
  renew: (now: number) => Promise<void>,
  { clock, log }: { clock: () => number; log: Logger },
) => {
  let until = clock() + LEASE_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beating: Promise<void> = Promise.resolve();
  let over = false;

  const beat = async (): Promise<void> => {
    const now = clock();
    try {
      await renew(now);
      until = now + LEASE_MS;
    } catch (error) {
      log.warn("lease not renewed", { error });
    }
    if (!over) arm();
  };
  const arm = (): void => {
    timer = setTimeout(() => {
      beating = beat();
    }, HEARTBEAT_MS);
  };
  arm();

  return {
    /** Whether a mail may still be begun. */
    holds: (): boolean => clock() < until - MARGIN_MS,
    stop: async (): Promise<void> => {
      over = true;
      clearTimeout(timer);
      await beating;
    },
  };
};

import type { MailIntent } from "@luna/shared/rpc/mailer";

import { d1File } from "./d1-file.ts";
import type { Fed } from "./feeder.ts";
import { startLone } from "./lone-service.ts";
import type { Run } from "./run.ts";

interface MailMeshOptions {
  vars: Record<string, string>;
  secrets?: Record<string, string>;
  /** No queue message is ever consumed: only the alarm delivers. */
  hintsDropped?: boolean;
}

/** The mailer with a feeder where the other services stand. */
export interface MailMesh {
  /** The SQLite file of the ledger. */
  ledger: string;
  /** Hands over once; `null` when no answer came. */
  feed: (intents: readonly MailIntent[]) => Promise<Fed | null>;
  /** Whether it answers: after a kill a slow machine takes a while to start another. */
  isUp: () => Promise<boolean>;
  /** `kill -9` of the workerd that runs the mailer; wrangler starts another. `false` if none runs. */
  kill: () => boolean;
  stop: () => Promise<void>;
}

/** Longer than any answer of a healthy mailer. */
const FEED_LIMIT_MS = 5_000;

const FEEDER = {
  name: "feeder",
  file: "feeder.ts",
  services: [
    { binding: "MAILER", service: "mailer", entrypoint: "ForServices", props: { caller: "chaos" } },
  ],
};

export const startMailMesh = async (run: Run, options: MailMeshOptions): Promise<MailMesh> => {
  const { hintsDropped = false, ...values } = options;
  const mailer = await startLone(run, "mailer", {
    ...values,
    beside: [FEEDER],
    door: { worker: "feeder", path: "/" },
    change: (config) => {
      // A queue with no consumer drops every message without a word.
      if (hintsDropped) delete (config["queues"] as { consumers?: unknown }).consumers;
    },
  });
  return {
    ledger: d1File(mailer.stateDir, "mails"),
    async feed(intents) {
      try {
        const response = await fetch(mailer.url, {
          method: "POST",
          body: JSON.stringify(intents),
          signal: AbortSignal.timeout(FEED_LIMIT_MS),
        });
        return response.ok ? await response.json<Fed>() : null;
      } catch {
        return null;
      }
    },
    async isUp() {
      try {
        return (await fetch(mailer.url, { signal: AbortSignal.timeout(FEED_LIMIT_MS) })).ok;
      } catch {
        return false;
      }
    },
    kill: mailer.kill,
    stop: mailer.stop,
  };
};

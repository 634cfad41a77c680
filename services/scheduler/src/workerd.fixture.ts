import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

import type { JobClock } from "./job-clock.ts";

type Mode = "ok" | "hold" | "throw" | "refuse";

/** A stand-in of vitest.config.ts. */
interface Peer {
  behave(mode: Mode): Promise<void>;
  /** Lets so many of the calls go that it holds, oldest first. */
  release(turns: number): Promise<void>;
  asked(): Promise<{ task: string; requestId: string; caller: string }[]>;
}

interface TestEnv {
  DB: D1Database;
  CLOCK: DurableObjectNamespace<JobClock>;
  MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
  AUTH: Peer;
  USERS: Peer;
  BILLING: Peer;
  MAILER: Peer;
}

export const testEnv = env as unknown as TestEnv;

export const peers = [testEnv.AUTH, testEnv.USERS, testEnv.BILLING, testEnv.MAILER];

/** Half a minute before a slot, in a future that no real alarm reaches during the tests. */
export const START = Date.UTC(2030, 0, 1, 10, 0, 30);
export const MINUTE = 60_000;
/** The first slot after START. */
export const SLOT = START + MINUTE / 2;

export const clockOf = (job: string) => testEnv.CLOCK.getByName(job);

/** Sets the clock of the Worker and of its objects. */
export const setTime = (time: number): void => {
  vi.setSystemTime(time);
};

export const startAfresh = async (): Promise<void> => {
  await reset();
  await applyD1Migrations(testEnv.DB, testEnv.MIGRATIONS);
  await Promise.all(peers.map((peer) => peer.behave("ok")));
  vi.useFakeTimers({ toFake: ["Date"] });
  setTime(START);
};

/** The ledger as (minutes after the first slot, state), oldest first. */
export const ledgerOf = async (job: string): Promise<[number, string][]> => {
  const { results } = await testEnv.DB.prepare(
    "SELECT slot, state FROM runs WHERE job = ? ORDER BY slot",
  )
    .bind(job)
    .all<{ slot: number; state: string }>();
  return results.map(({ slot, state }) => [(slot - SLOT) / MINUTE, state]);
};

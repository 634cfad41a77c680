import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "luna/root";
import { readServices } from "luna/service";

import { bundleWorker } from "../mesh/bundle-worker.ts";
import { startWorkers, type WorkerStart } from "../mesh/start-workers.ts";
import type { Bindings, BoundConfig } from "../mesh/worker-options.ts";

/** The mesh's own date: a peer must not win or lose by the platform's defaults. */
const compatibilityDate = (): string => {
  const [first] = readServices(ROOT).map(({ config }) => config as BoundConfig);
  return first?.compatibility_date ?? "";
};

/** Above what any row can reach, so that the native limiter always counts and never denies. */
const NO_LIMIT = 1_000_000_000;

const starts = async (): Promise<WorkerStart[]> => {
  const date = compatibilityDate();
  const worker = async (
    name: string,
    source: string,
    env: Bindings = {},
    objects: readonly string[] = [],
  ): Promise<WorkerStart> => ({
    config: {
      name,
      compatibilityDate: date,
      manifest: await bundleWorker(source),
      env,
      exports: Object.fromEntries(
        objects.map((object) => [object, { type: "durable-object", storage: "sqlite" }]),
      ),
    },
    socket: true,
    instrumented: false,
  });
  const cookieCache = (value: string): Bindings => ({
    DB: { type: "d1", id: `better-auth-${value}` },
    COOKIE_CACHE: { type: "text", value },
  });
  return Promise.all([
    worker("hello", "hello"),
    worker("rpc-back", "rpc-hop"),
    worker("rpc-hop", "rpc-hop", {
      BACK: { type: "worker", worker: "rpc-back", exportName: "Back" },
    }),
    worker(
      "object-hop",
      "object-hop",
      { HOP: { type: "durable-object", worker: "object-hop", exportName: "Hop" } },
      ["Hop"],
    ),
    worker("d1", "d1", { DB: { type: "d1", id: "peer-users" } }),
    worker("limiters", "limiters", {
      COUNTERS: { type: "kv", id: "peer-counters" },
      NATIVE: {
        type: "rate-limit",
        namespace: "1",
        simple: { limit: NO_LIMIT, period: 60 },
      },
    }),
    worker("better-auth", "better-auth", cookieCache("off")),
    worker("better-auth-cookie", "better-auth", cookieCache("on")),
  ]);
};

/** The tables of users, so that the bare D1 Worker does the same work on the same schema. */
const usersTables = (): string[] => {
  const folder = join(ROOT, "services", "users", "migrations");
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name, "up.sql"), "utf8"));
};

export type PeerName =
  | "hello"
  | "rpc-hop"
  | "object-hop"
  | "d1"
  | "limiters"
  | "better-auth"
  | "better-auth-cookie";

export const startPeers = async () => {
  const workers = await startWorkers(await starts());
  const database = await workers.miniflare.getD1Database("DB", "d1");
  for (const text of usersTables()) await database.prepare(text).run();
  return {
    ...workers,
    port: (peer: PeerName) => workers.portOf(peer),
    /** Gives the bare D1 Worker these users, each with a subscription as ours have. */
    async addUsers(ids: readonly string[]): Promise<void> {
      const user = database.prepare(
        `INSERT INTO users (id, email, name, locale, created_at, updated_at)
         VALUES (?1, ?1 || '@bench.test', 'Ada', 'en', 0, 0)`,
      );
      const subscription = database.prepare(
        `INSERT INTO subscriptions (provider, provider_id, owner_kind, owner_id, tier, status,
                                    epoch, seq, updated_at)
         VALUES ('lemonsqueezy', ?1, 'user', ?1, 'pro', 'active', 0, 1, 0)`,
      );
      await database.batch(ids.flatMap((id) => [user.bind(id), subscription.bind(id)]));
    },
  };
};
export type Peers = Awaited<ReturnType<typeof startPeers>>;

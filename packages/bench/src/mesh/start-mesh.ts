import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { localConfig } from "luna/dev/local-config";
import { ROOT } from "luna/root";
import { readServices, type Service } from "luna/service";
import { SECRETS } from "luna/state/secret";
import type { Miniflare } from "miniflare";

import { bundleWorker } from "./bundle-worker.ts";
import { connectInstruments } from "./connect-instruments.ts";
import { instrumented, withoutHop, withoutLimiter } from "./instrumented.ts";
import { exportsOf, readManifest } from "./manifest.ts";
import { startWorkers, type WorkerStart } from "./start-workers.ts";
import { objectClasses, workerConfig, type BoundConfig, type Manifest } from "./worker-options.ts";

/** The issuer of the tokens that the bench signs. */
export const API_URL = "http://bench.test";
/** The store that billing takes events of. */
export const STORE_ID = "1";

export interface MeshOptions {
  /** How many gateway isolates stand before the one set of services. */
  gateways?: number;
  /** Multiplies every limit. 1 is what production has. */
  limitScale?: number;
  /** Isolates of the bench's own that ask Subjects by RPC alone. */
  askers?: number;
  /** `counting` counts operations at the price of speed: never for a row that is timed. */
  shell?: "none" | "counting" | "no-limiter" | "no-hop";
}

const secretsFor = (services: readonly Service[]): Record<string, string> => {
  const names = new Set(services.flatMap(({ config }) => config.secrets?.required ?? []));
  return Object.fromEntries([...names].map((name) => [name, SECRETS[name]?.make() ?? ""]));
};

const migrationsOf = (folder: string): string[] =>
  readdirSync(join(folder, "migrations"))
    .sort()
    .map((name) => readFileSync(join(folder, "migrations", name, "up.sql"), "utf8"));

type DatabaseOf = (service: string) => ReturnType<Miniflare["getD1Database"]>;

/** Gives every service's database the tables it has in production. */
export const migrate = async (
  services: readonly Service[],
  databaseOf: DatabaseOf,
): Promise<void> => {
  for (const { name, folder, config } of services)
    if ((config.d1_databases ?? []).length > 0) {
      const database = await databaseOf(name);
      for (const text of migrationsOf(folder)) await database.prepare(text).run();
    }
};

const askerStarts = async (
  count: number,
  [first]: readonly WorkerStart[],
): Promise<WorkerStart[]> => {
  if (count === 0) return [];
  const manifest = await bundleWorker("asker");
  return Array.from({ length: count }, (_, index) => ({
    config: {
      name: `asker-${index + 1}`,
      compatibilityDate: first?.config.compatibilityDate ?? "",
      manifest,
      env: { SUBJECTS: { type: "durable-object", worker: "users", exportName: "Subject" } },
    },
    socket: true,
    instrumented: false,
  }));
};

type Shell = NonNullable<MeshOptions["shell"]>;

const inShell = (
  shell: Shell,
  { name, folder }: Service,
  built: Manifest,
  objects: readonly string[],
): Manifest => {
  if (shell === "counting") return instrumented(built, exportsOf(folder), objects);
  if (shell === "no-limiter" && name === "users") return withoutLimiter(built);
  return shell === "no-hop" && name === "gateway" ? withoutHop(built) : built;
};

/** How each Worker is started, from its wrangler.jsonc and built bundle, and what secrets they share. */
export const planMesh = ({
  gateways = 1,
  limitScale = 1,
  shell = "none",
}: Omit<MeshOptions, "askers">) => {
  const services = readServices(ROOT);
  const secrets = secretsFor(services);
  const vars = {
    ENVIRONMENT: "local",
    API_URL,
    RATE_LIMIT_SCALE: String(limitScale),
    LEMONSQUEEZY_STORE_ID: STORE_ID,
    // Nothing in a benchmark leaves the machine: these ports refuse.
    LEMONSQUEEZY_API_URL: "http://127.0.0.1:9",
    MAIL_TRANSPORT: "smtp",
    SMTP_URL: "smtp://127.0.0.1:9",
  };
  const starts = services.flatMap((service): WorkerStart[] => {
    const local = localConfig(service, { vars, secrets, rateLimitScale: limitScale, env: {} });
    const config = local.config as BoundConfig;
    const built = readManifest(service.folder);
    const manifest = inShell(shell, service, built, objectClasses(config));
    const copies = service.name === "gateway" ? gateways : 1;
    return Array.from({ length: copies }, (_, index) => ({
      config: workerConfig(
        { ...config, name: index === 0 ? config.name : `${config.name}-${index + 1}` },
        local.secrets,
        manifest,
      ),
      socket: service.name === "gateway" || service.name === "billing-webhook",
      instrumented: shell === "counting",
    }));
  });
  return { services, secrets, starts };
};

/** The six Workers, with `gateways` front doors, in one process. */
export const startMesh = async ({ askers = 0, ...options }: MeshOptions = {}) => {
  const counting = options.shell === "counting";
  const { services, secrets, starts } = planMesh(options);
  const asking = await askerStarts(askers, starts);
  const workers = await startWorkers([...starts, ...asking]);
  const database: DatabaseOf = (service) => workers.miniflare.getD1Database("DB", service);
  await migrate(services, database);

  const names = starts.map(({ config }) => config.name);
  const gatewayNames = names.filter((name) => name.startsWith("gateway"));
  return {
    ...workers,
    secrets,
    ports: await Promise.all(gatewayNames.map((name) => workers.portOf(name))),
    askerPorts: await Promise.all(asking.map(({ config }) => workers.portOf(config.name))),
    webhookPort: await workers.portOf("billing-webhook"),
    gatewayNames,
    database,
    instruments: connectInstruments(workers, counting ? names : []),
  };
};
export type Mesh = Awaited<ReturnType<typeof startMesh>>;

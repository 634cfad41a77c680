import { applyPending } from "../migrate/apply-pending.ts";
import { ROOT } from "../root.ts";
import { readServices } from "../service.ts";
import type { Settings } from "../settings.ts";
import { ensureSecrets } from "../state/local-secrets.ts";
import { startNeighbours, type Neighbours } from "./neighbours.ts";
import { checkPorts } from "./port.ts";
import { step } from "./progress.ts";
import { reap, record } from "./run-record.ts";
import { makeStateDir } from "./state-dir.ts";
import { writeConfigs } from "./write-configs.ts";

/** A store of the emulator, where the services declare none. */
const LOCAL_STORE_ID = "1";

/** What the Workers are started with. */
export interface Prepared {
  configs: string[];
  neighbours: Neighbours;
  /** Derives the configurations again after a service's own one changed; wrangler reloads. */
  refresh: () => void;
}

/** Everything before the Workers: ports, secrets, databases, neighbours. Throws `Complaint`. */
export const prepare = async (settings: Settings): Promise<Prepared> => {
  const { stateDir, port } = settings;
  makeStateDir(stateDir);
  const services = readServices(ROOT);
  const reaped = await reap(stateDir);
  if (reaped > 0) console.log(`  stopped ${reaped} processes of an earlier run`);
  await step("ports are free", () => checkPorts(settings));
  record(stateDir, port, []);
  const secrets = await step("secrets", () => ensureSecrets(stateDir, services, process.env));
  await step(
    "databases",
    () => applyPending(stateDir, services),
    (count) => (count === 0 ? "up to date" : `${count} migrations applied`),
  );
  const vars = services.map(({ config }) => config.vars?.["LEMONSQUEEZY_STORE_ID"]);
  const storeId = process.env["LEMONSQUEEZY_STORE_ID"] ?? vars.find((id) => typeof id === "string");
  const neighbours = await step("mail sink and LemonSqueezy emulator", () =>
    startNeighbours(
      settings,
      (name) => process.env[name] ?? secrets[name] ?? "",
      typeof storeId === "string" && storeId !== "" ? storeId : LOCAL_STORE_ID,
    ),
  );
  const write = (): string[] => {
    const services = readServices(ROOT);
    return writeConfigs(stateDir, services, {
      vars: {
        ...neighbours.vars,
        ENVIRONMENT: "local",
        API_URL: `http://localhost:${port}`,
        RATE_LIMIT_SCALE: String(settings.rateLimitScale),
      },
      secrets: ensureSecrets(stateDir, services, process.env),
      rateLimitScale: settings.rateLimitScale,
      env: process.env,
    });
  };
  return { configs: write(), neighbours, refresh: write };
};

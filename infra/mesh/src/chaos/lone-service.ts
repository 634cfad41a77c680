import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startMesh, untilHealthy } from "luna/dev/mesh";
import { freePort } from "luna/dev/port";
import { quietEnvironment, wranglerDev } from "luna/dev/wrangler-command";
import { writeConfigs } from "luna/dev/write-configs";
import { applyPending } from "luna/migrate/apply-pending";
import { ROOT } from "luna/root";
import { findService, readServices, type WranglerConfig } from "luna/service";
import { SECRETS } from "luna/state/secret";

import { mutantOf, type Mutation } from "./mutant.ts";
import type { Run } from "./run.ts";
import { killRuntime } from "./runtime.ts";

/** A Worker of this folder beside the service. */
interface Beside {
  name: string;
  /** A file of this folder. */
  file: string;
  services?: WranglerConfig["services"];
}

export interface LoneOptions {
  vars: Record<string, string>;
  secrets?: Record<string, string>;
  /** What stands beside it; the Worker that answers plain HTTP is the first, or the service itself. */
  beside?: readonly Beside[];
  /** Which Worker answers plain HTTP, and what it answers 200 to once it stands. */
  door: { worker: string; path: string };
  /** Changes the derived configuration. */
  change?: (config: WranglerConfig) => void;
  /** Changes the source that is run, in a copy. */
  mutations?: readonly Mutation[];
}

/** One service as `wrangler dev` runs it on its own configuration, without the rest of the mesh. */
export interface LoneService {
  url: string;
  stateDir: string;
  secrets: Record<string, string>;
  /** `kill -9` of the workerd that runs it; wrangler starts another. `false` if none runs. */
  kill: () => boolean;
  stop: () => Promise<void>;
}

/** One address sends everything here: the limits are another test's business. */
const RATE_LIMIT_SCALE = 1_000;

export const startLone = async (
  run: Run,
  name: string,
  { vars, beside = [], door, change, mutations = [], ...options }: LoneOptions,
): Promise<LoneService> => {
  const stateDir = mkdtempSync(join(tmpdir(), "luna-chaos-"));
  const service = findService(readServices(ROOT), name);
  await applyPending(stateDir, [service]);
  const secrets = Object.fromEntries(
    (service.config.secrets?.required ?? []).map((secret) => [
      secret,
      options.secrets?.[secret] ?? SECRETS[secret]?.make() ?? "",
    ]),
  );
  const [file = ""] = writeConfigs(stateDir, [service], {
    vars: { ENVIRONMENT: "local", RATE_LIMIT_SCALE: String(RATE_LIMIT_SCALE), ...vars },
    secrets,
    rateLimitScale: RATE_LIMIT_SCALE,
    env: {},
  });
  const config = JSON.parse(readFileSync(file, "utf8")) as WranglerConfig;
  // Variables that a service has a default for are declared nowhere.
  config.vars = { ...config.vars, ...vars };
  change?.(config);
  if (mutations.length > 0) config.main = mutantOf(service, stateDir, mutations);
  writeFileSync(file, JSON.stringify(config));
  const others = beside.map((worker) => {
    const folder = join(stateDir, "mesh", worker.name);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "wrangler.jsonc");
    const own = {
      name: worker.name,
      main: join(import.meta.dirname, worker.file),
      compatibility_date: config["compatibility_date"],
      services: worker.services ?? [],
    };
    writeFileSync(path, JSON.stringify(own));
    return { name: worker.name, path };
  });
  // The first configuration is the one that answers plain HTTP.
  const configs = [{ name, path: file }, ...others]
    .toSorted((a, b) => Number(b.name === door.worker) - Number(a.name === door.worker))
    .map(({ path }) => path);
  const port = await freePort();
  const command = wranglerDev(configs, { port, inspectorPort: await freePort(), stateDir });
  const mesh = startMesh(
    [join(ROOT, "node_modules/.bin/wrangler"), ...command],
    // Thousands of log lines that nobody reads cost as much as the work they tell of.
    { ...quietEnvironment(process.env, stateDir), WRANGLER_LOG: "error" },
    () => undefined,
  );
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await mesh.process.stop();
    rmSync(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  run.atEnd(stop);
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(mesh, url + door.path).catch((error: unknown) => {
    throw new Error(mesh.tail().join("\n"), { cause: error });
  });
  return {
    url,
    stateDir,
    secrets,
    kill: () => killRuntime(mesh.process.group, port),
    stop,
  };
};

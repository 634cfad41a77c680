import { join } from "node:path";

import { QUIET } from "../quiet.ts";

const V8_FLAGS = "MINIFLARE_WORKERD_V8_FLAGS";

/**
 * Small heaps, collected often. All isolates of a mesh share one thread, and the runtime destroys what a
 * collection finds before it goes on: by default that is seldom and takes up to a quarter of a second,
 * in which nobody is answered (decision 16).
 */
export const smallHeaps = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  [V8_FLAGS]: env[V8_FLAGS] ?? "--optimize-for-size --initial-old-space-size=2",
});

/** Two meshes side by side share nothing: no registry, no cache, no log folder. */
export const quietEnvironment = (env: NodeJS.ProcessEnv, stateDir: string): NodeJS.ProcessEnv => ({
  ...env,
  ...QUIET,
  CI: "1",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  // Whoever debugs in VS Code attaches by itself, so with this set wrangler leaves its own inspector
  // away. Through that every log line costs a millisecond of processor time, and without 0.04.
  VSCODE_INSPECTOR_OPTIONS: "{}",
  WRANGLER_LOG_PATH: join(stateDir, "mesh", "logs"),
  WRANGLER_CACHE_DIR: join(stateDir, "mesh", "cache"),
  MINIFLARE_CACHE_DIR: join(stateDir, "mesh", "cache"),
  WRANGLER_REGISTRY_PATH: join(stateDir, "mesh", "registry"),
});

/** The first configuration is the only Worker on HTTP. */
export const wranglerDev = (
  configs: readonly string[],
  options: { port: number; inspectorPort: number; stateDir: string },
): string[] => [
  "dev",
  ...configs.flatMap((config) => ["-c", config]),
  "--local",
  "--ip=127.0.0.1",
  `--port=${options.port}`,
  `--inspector-port=${options.inspectorPort}`,
  `--persist-to=${options.stateDir}`,
  "--show-interactive-dev-session=false",
];

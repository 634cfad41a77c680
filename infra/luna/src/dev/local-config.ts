import { isAbsolute, join } from "node:path";

import type { Service, WranglerConfig } from "../service.ts";

/** What a Worker gets on a laptop: its own configuration with other values, and its secrets. */
export interface LocalConfig {
  config: WranglerConfig;
  secrets: Record<string, string>;
}

export interface LocalValues {
  /** Variables that differ on a laptop, for whoever declares them. */
  vars: Record<string, string>;
  secrets: Record<string, string>;
  /** Multiplies the native limits, as RATE_LIMIT_SCALE does for all others. */
  rateLimitScale: number;
  env: NodeJS.ProcessEnv;
}

/** Keys that mean the public internet; locally they would change the origin that requests show. */
const PUBLIC_ONLY = ["$schema", "route", "routes", "build"] as const;

const absolute = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

/** Any variable of the environment wins by its name, so that `MAIL_BACKOFF=… npm start` works. */
const chosen = (values: LocalValues, name: string, declared: unknown): unknown =>
  values.env[name] ?? values.vars[name] ?? declared;

/** A scaled limit stays a whole number above zero, because the binding refuses any other. */
const scaled = (limit: number, scale: number): number => Math.max(1, Math.round(limit * scale));

/** Derives the configuration `luna dev` hands to wrangler; pure, so tests can read it. */
export const localConfig = (service: Service, values: LocalValues): LocalConfig => {
  const { config, folder } = service;
  const vars = Object.fromEntries(
    Object.entries(config.vars ?? {}).map(([name, declared]) => [
      name,
      chosen(values, name, declared),
    ]),
  );
  const required = config.secrets?.required ?? [];
  const secrets = Object.fromEntries(
    required.flatMap((name) => {
      const value = values.env[name] ?? values.secrets[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const local: WranglerConfig = { ...config, main: absolute(folder, config.main), vars };
  for (const key of PUBLIC_ONLY) delete local[key];
  local.ratelimits = (config.ratelimits ?? []).map((binding) => ({
    ...binding,
    simple: {
      ...binding.simple,
      limit: scaled(binding.simple.limit, values.rateLimitScale),
    },
  }));
  local.d1_databases = (config.d1_databases ?? []).map((database) => ({
    binding: database.binding,
    database_name: database.database_name,
    database_id: database.database_id,
  }));
  return { config: local, secrets };
};

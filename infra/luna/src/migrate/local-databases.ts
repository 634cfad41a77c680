import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { D1Database } from "@cloudflare/workers-types";

import { quietEnvironment } from "../dev/wrangler-command.ts";
import type { Service } from "../service.ts";
import type { Database, Databases } from "./database.ts";
import { RECORDS_TABLE, SCHEMA, type Step } from "./steps.ts";

/**
 * Opens all local databases in one runtime, which takes 2 s; a wrangler process for each would
 * take 2 s each. Works while the mesh is stopped, and beside it: SQLite locks between processes.
 */
export const openLocalDatabases = async (
  stateDir: string,
  services: readonly Service[],
): Promise<Databases> => {
  Object.assign(process.env, quietEnvironment({}, stateDir));
  const { getPlatformProxy, unstable_splitSqlQuery: split } = await import("wrangler");
  const folder = join(stateDir, "mesh", "migrate");
  mkdirSync(folder, { recursive: true });
  const configPath = join(folder, "wrangler.jsonc");
  const databases = services.flatMap(({ config }) => config.d1_databases ?? []);
  const bindings = databases.map(({ database_name, database_id }) => ({
    binding: database_name,
    database_name,
    database_id,
  }));
  writeFileSync(
    configPath,
    JSON.stringify({
      name: "migrate",
      compatibility_date: services[0]?.config["compatibility_date"],
      d1_databases: bindings,
    }),
  );
  const proxy = await getPlatformProxy<Record<string, D1Database>>({
    configPath,
    envFiles: [],
    persist: { path: join(stateDir, "v3") },
    remoteBindings: false,
  });
  return {
    get: (name) => {
      const binding = proxy.env[name];
      if (binding === undefined) throw new Error(`no local database ${name}`);
      return localDatabase(binding, split);
    },
    close: () => proxy.dispose(),
  };
};

const localDatabase = (d1: D1Database, split: (sql: string) => string[]): Database => {
  const names = async (query: string): Promise<string[]> => {
    const { results } = await d1.prepare(query).all<{ name: string }>();
    return results.map(({ name }) => name);
  };
  return {
    applied: async () => {
      await d1.prepare(RECORDS_TABLE).run();
      return names("SELECT name FROM d1_migrations ORDER BY id");
    },
    run: async (step: Step) => {
      await d1.batch(split(step.sql).map((statement) => d1.prepare(statement)));
    },
    schema: () => names(SCHEMA),
    beforeDown: () => Promise.resolve(),
  };
};

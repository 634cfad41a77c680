import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { wrangler, wranglerOutput } from "../deploy/wrangler.ts";
import type { Service } from "../service.ts";
import { Complaint } from "../settings.ts";
import type { Database, Databases } from "./database.ts";
import { RECORDS_TABLE, SCHEMA, type Step } from "./steps.ts";

/** `wrangler d1 execute --json` answers one of these per statement. */
type Answer = { results: { name: string }[] }[];

const remoteDatabase = (name: string, config: string): Database => {
  const on = ["--config", config, "--remote"];
  const execute = ["d1", "execute", name, ...on, "--yes"];
  const names = async (query: string): Promise<string[]> => {
    const text = await wranglerOutput([...execute, "--json", "--command", query]);
    try {
      return ((JSON.parse(text) as Answer).at(-1)?.results ?? []).map((row) => row.name);
    } catch {
      throw new Complaint(`wrangler d1 execute ${name} did not answer in JSON: ${text}`);
    }
  };
  return {
    applied: () => names(`${RECORDS_TABLE} SELECT name FROM d1_migrations ORDER BY id;`),
    schema: () => names(SCHEMA),
    run: async (step: Step) => {
      const folder = mkdtempSync(join(tmpdir(), "luna-migrate-"));
      try {
        const file = join(folder, "step.sql");
        writeFileSync(file, step.sql);
        await wrangler([...execute, "--file", file]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    beforeDown: async () => {
      const text = await wranglerOutput([
        "d1",
        "time-travel",
        "info",
        name,
        "--config",
        config,
        "--json",
      ]);
      console.log(`${name} can be restored to this point: ${text.trim()}`);
    },
  };
};

/** Remote databases are reached one wrangler call at a time. */
export const openRemoteDatabases = (services: readonly Service[]): Databases => ({
  get: (name) => {
    const owner = services.find(({ config }) =>
      config.d1_databases?.some((database) => database.database_name === name),
    );
    if (owner === undefined) throw new Error(`no service owns ${name}`);
    return remoteDatabase(name, join(owner.folder, "wrangler.jsonc"));
  },
  close: () => Promise.resolve(),
});

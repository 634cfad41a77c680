import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Service } from "../service.ts";
import { openLocalDatabases } from "./local-databases.ts";
import { readMigrations } from "./migration.ts";
import { stepsUp } from "./steps.ts";

/** What was applied when the database files looked like this; saves a warm start 2 s. */
interface Stamp {
  records: string[];
  files: string[];
}

const stampFile = (stateDir: string): string => join(stateDir, "mesh", "migrated.json");

/** The SQLite files of the local databases: one that vanished makes the stamp worthless. */
const databaseFiles = (stateDir: string): string[] => {
  const folder = join(stateDir, "v3", "d1");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sqlite"))
    .sort();
};

const wanted = (services: readonly Service[]): string[] =>
  services.flatMap(({ name, folder }) =>
    readMigrations(folder).map(({ record }) => `${name}/${record}`),
  );

const upToDate = (stateDir: string, records: readonly string[]): boolean => {
  if (!existsSync(stampFile(stateDir))) return false;
  const stamp = JSON.parse(readFileSync(stampFile(stateDir), "utf8")) as Stamp;
  const files = databaseFiles(stateDir);
  return (
    stamp.files.every((file) => files.includes(file)) &&
    JSON.stringify(stamp.records) === JSON.stringify(records)
  );
};

/** Whoever changes a local schema by other means calls this first. */
export const distrustStamp = (stateDir: string): void =>
  rmSync(stampFile(stateDir), { force: true });

/** Brings every local database up to date; returns how many migrations ran. */
export const applyPending = async (
  stateDir: string,
  services: readonly Service[],
): Promise<number> => {
  const records = wanted(services);
  if (upToDate(stateDir, records)) return 0;
  distrustStamp(stateDir);
  const databases = await openLocalDatabases(stateDir, services);
  let count = 0;
  try {
    for (const { folder, config } of services) {
      const name = config.d1_databases?.[0]?.database_name;
      const migrations = readMigrations(folder);
      if (name === undefined || migrations.length === 0) continue;
      const database = databases.get(name);
      for (const step of stepsUp(migrations, await database.applied())) {
        await database.run(step);
        count += 1;
      }
    }
  } finally {
    await databases.close();
  }
  mkdirSync(join(stateDir, "mesh"), { recursive: true });
  writeFileSync(stampFile(stateDir), JSON.stringify({ records, files: databaseFiles(stateDir) }));
  return count;
};

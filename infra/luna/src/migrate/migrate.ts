import { ROOT } from "../root.ts";
import { findService, readServices, type Service } from "../service.ts";
import { readSettings } from "../settings.ts";
import { distrustStamp } from "./apply-pending.ts";
import type { Database, Databases } from "./database.ts";
import { openLocalDatabases } from "./local-databases.ts";
import { readMigrations, type Migration } from "./migration.ts";
import { openRemoteDatabases } from "./remote-databases.ts";
import { stepsDown, stepsUp, type Step } from "./steps.ts";

export interface MigrateOptions {
  direction: "status" | "up" | "down";
  /** How many per database: all for up, one for down. */
  count?: number;
  dryRun: boolean;
  remote: boolean;
  service?: string;
}

/** One database of one service, with what it has and what it should have. */
interface Target {
  title: string;
  migrations: Migration[];
  database: Database;
}

const targetsOf = (services: readonly Service[], databases: Databases): Target[] =>
  services.flatMap((service) => {
    const migrations = readMigrations(service.folder);
    const name = service.config.d1_databases?.[0]?.database_name;
    if (name === undefined || migrations.length === 0) return [];
    return { title: `${service.name} (${name})`, migrations, database: databases.get(name) };
  });

const report = ({ title, migrations }: Target, applied: readonly string[]): void => {
  console.log(title);
  for (const { record, down } of migrations)
    console.log(
      `  ${applied.includes(record) ? "applied" : "pending"}  ${record}${down === null ? "  (no down.sql)" : ""}`,
    );
  for (const record of applied)
    if (!migrations.some((migration) => migration.record === record))
      console.log(`  applied  ${record}  (its files are not here)`);
};

const stepsOf = (target: Target, applied: string[], options: MigrateOptions): Step[] =>
  options.direction === "up"
    ? stepsUp(target.migrations, applied, options.count)
    : stepsDown(target.migrations, applied, options.count ?? 1);

const migrateOne = async (target: Target, options: MigrateOptions): Promise<void> => {
  const applied = await target.database.applied();
  if (options.direction === "status") return report(target, applied);
  const steps = stepsOf(target, applied, options);
  console.log(
    `${target.title}: ${steps.length === 0 ? `nothing to take ${options.direction}` : ""}`,
  );
  if (options.direction === "down" && steps.length > 0 && !options.dryRun)
    await target.database.beforeDown();
  for (const step of steps) {
    console.log(`  ${options.dryRun ? "would run" : "running"} ${step.direction} ${step.record}`);
    if (options.dryRun) console.log(step.sql.trim());
    else await target.database.run(step);
  }
};

/** Shows or changes the schemas of one or all services. Throws `Complaint`. */
export const migrate = async (options: MigrateOptions): Promise<number> => {
  const all = readServices(ROOT);
  const services = options.service === undefined ? all : [findService(all, options.service)];
  const { stateDir } = readSettings(process.env, ROOT);
  if (!options.remote && options.direction !== "status") distrustStamp(stateDir);
  const databases = options.remote
    ? openRemoteDatabases(services)
    : await openLocalDatabases(stateDir, services);
  try {
    for (const target of targetsOf(services, databases)) await migrateOne(target, options);
  } finally {
    await databases.close();
  }
  return 0;
};

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, assert, beforeAll, describe, expect, it } from "vitest";

import { ROOT } from "../root.ts";
import { readServices, type Service } from "../service.ts";
import { applyPending } from "./apply-pending.ts";
import type { Database, Databases } from "./database.ts";
import { openLocalDatabases } from "./local-databases.ts";
import { readMigrations } from "./migration.ts";
import { stepsDown, stepsUp } from "./steps.ts";

const services = readServices(ROOT).filter(({ folder }) => readMigrations(folder).length > 0);
const databaseOf = (service: Service): string =>
  service.config.d1_databases?.[0]?.database_name ?? "";

/** A database that was just closed may still put its files in order. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

let stateDir: string;
let databases: Databases;
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "luna-d1-"));
  databases = await openLocalDatabases(stateDir, services);
});
afterAll(async () => {
  await databases.close();
  rmSync(stateDir, REMOVAL);
});

const up = async (service: Service, database: Database): Promise<void> => {
  for (const step of stepsUp(readMigrations(service.folder), await database.applied()))
    await database.run(step);
};

describe("every service's migrations", () => {
  it.each(services.map((service) => [service.name, service] as const))(
    "%s: up, down, up gives the same schema",
    async (_, service) => {
      const database = databases.get(databaseOf(service));
      await up(service, database);
      const first = await database.schema();
      const applied = await database.applied();
      expect(first.length).toBeGreaterThan(0);

      for (const step of stepsDown(readMigrations(service.folder), applied, applied.length))
        await database.run(step);
      expect(await database.schema()).toEqual([]);
      expect(await database.applied()).toEqual([]);

      await up(service, database);
      expect(await database.schema()).toEqual(first);
      expect(await database.applied()).toEqual(applied);
    },
  );
});

describe("a migration that fails", () => {
  it("leaves neither its tables nor its record", async () => {
    const database = databases.get("luna-users");
    const before = [await database.schema(), await database.applied()];
    const broken = "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);";
    const [step = assert.fail()] = stepsUp(
      [{ record: "9999_broken/up.sql", up: broken, down: null }],
      [],
    );
    await expect(database.run(step)).rejects.toThrow("no such table");
    expect([await database.schema(), await database.applied()]).toEqual(before);
  });
});

describe("applyPending", () => {
  it("applies what a service adds later, and nothing twice", async () => {
    const folder = mkdtempSync(join(tmpdir(), "luna-service-"));
    const write = (name: string, sql: string): void => {
      mkdirSync(join(folder, "migrations", name), { recursive: true });
      writeFileSync(join(folder, "migrations", name, "up.sql"), sql);
    };
    const database = { binding: "DB", database_name: "toy", database_id: "toy" };
    const toy: Service = {
      name: "toy",
      folder,
      config: {
        name: "toy",
        main: "index.ts",
        compatibility_date: "2026-11-01",
        d1_databases: [database],
      },
    };
    const state = join(folder, "state");
    write("0001_a", "CREATE TABLE a (id TEXT);");
    expect(await applyPending(state, [toy])).toBe(1);
    expect(await applyPending(state, [toy])).toBe(0);
    write("0002_b", "CREATE TABLE b (id TEXT);");
    expect(await applyPending(state, [toy])).toBe(1);
    rmSync(join(state, "v3"), REMOVAL);
    expect(await applyPending(state, [toy])).toBe(2);
    rmSync(folder, REMOVAL);
  });
});

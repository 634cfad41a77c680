import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** users calls nobody yet; the binding needs somebody at its other end. */
const mailer = {
  name: "mailer",
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    export class ForServices extends WorkerEntrypoint {}
    export default {};`,
};

/** A busy machine is slow, and nothing here measures time. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 };

const rules = {
  test: {
    name: "rules",
    include: ["src/**/*.test.ts"],
    exclude: ["src/**/*.workerd.test.ts"],
    ...PATIENCE,
  },
};

const workerd = {
  plugins: [
    cloudflareTest(async () => ({
      remoteBindings: false,
      wrangler: { configPath: "./wrangler.jsonc" },
      miniflare: {
        bindings: {
          ENVIRONMENT: "local",
          MIGRATIONS: await readD1Migrations({
            projectPath: import.meta.dirname,
            migrationsDir: "migrations",
            migrationsPattern: "migrations/*/up.sql",
          }),
        },
        workers: [mailer],
      },
    })),
  ],
  test: {
    name: "workerd",
    include: ["src/**/*.workerd.test.ts"],
    maxWorkers: 1,
    ...PATIENCE,
  },
};

export default defineConfig({ test: { projects: [rules, workerd], silent: "passed-only" } });

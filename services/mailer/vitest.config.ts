import { generateKeyPairSync } from "node:crypto";

import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const migrations = await readD1Migrations({
  projectPath: import.meta.dirname,
  migrationsDir: "migrations",
  migrationsPattern: "migrations/*/up.sql",
});

/** The provider's key for its events; the tests hold the other half. */
const eventKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const eventKey = eventKeys.publicKey.export({ format: "der", type: "spki" }).toString("base64");
const eventSecret = eventKeys.privateKey.export({ format: "der", type: "pkcs8" });

/** The service through its doors, in workerd, against a real SMTP server. Everything else is pure. */
const IN_WORKERD = ["src/**/*.workerd.test.ts"];

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "rules",
          include: ["src/**/*.test.ts"],
          exclude: IN_WORKERD,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            remoteBindings: false,
            wrangler: { configPath: "./wrangler.jsonc" },
            miniflare: {
              bindings: {
                MIGRATIONS: migrations,
                SINK_URL: `http://127.0.0.1:${inject("sinkPort")}`,
                ENVIRONMENT: "local",
                MAIL_TRANSPORT: "smtp",
                SMTP_URL: `smtp://127.0.0.1:${inject("smtpPort")}`,
                // Retries are driven by the tests, never by the clock.
                MAIL_BACKOFF: "[3600,3600]",
                SENDGRID_API_URL: `http://127.0.0.1:${inject("sendGridPort")}`,
                SENDGRID_API_KEY: "SG.test-0123456789abcdef",
                SENDGRID_WEBHOOK_PUBLIC_KEY: eventKey,
                EVENT_SECRET: eventSecret.toString("base64"),
                MAIL_SEAL_KEYS: JSON.stringify({ current: "t1", keys: { t1: "A".repeat(43) } }),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: IN_WORKERD,
          globalSetup: "./src/sink.fixture.ts",
          maxWorkers: 1,
          // A busy machine is slow, and nothing here measures time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

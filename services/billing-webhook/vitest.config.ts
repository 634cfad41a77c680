import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

import { TEST_CONFIG } from "./src/fixtures/config.ts";

/** users, as billing sees it: remembers what it was told, and is away or broken when told to be. */
const users = {
  name: "users",
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    let mode = "here";
    let applied = [];
    const absence = () => {
      if (mode === "broken") throw new Error("users broke");
      return mode === "away" ? { ok: false, code: "unavailable", detail: "away" } : null;
    };
    export class ForBilling extends WorkerEntrypoint {
      async applySubscription(state) {
        const absent = absence();
        if (absent !== null) return absent;
        applied.push(state);
        return { ok: true, value: null };
      }
      async contactOf(userId) {
        const absent = absence();
        if (absent !== null) return absent;
        if (userId === "nobody") return { ok: false, code: "not_found" };
        const email = userId + "@example.test";
        return { ok: true, value: { email, name: "Ada", locale: "en", timezone: "Europe/Vienna" } };
      }
      be(next) { mode = next; }
      told() { return applied; }
      forget() { applied = []; mode = "here"; }
    }
    export default {};`,
};

/** mailer, as billing sees it. */
const mailer = {
  name: "mailer",
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    let accepted = [];
    export class ForServices extends WorkerEntrypoint {
      async accept(intents) {
        accepted.push(...intents);
        return { ok: true, value: null };
      }
      told() { return accepted; }
      forget() { accepted = []; }
    }
    export default {};`,
};

// Wrangler looks for declared secrets here; the bindings below are what the Worker gets.
for (const name of [
  "LEMONSQUEEZY_API_KEY",
  "LEMONSQUEEZY_WEBHOOK_SECRET",
  "CHECKOUT_REF_KEY",
  "MAIL_SEAL_KEYS",
])
  process.env[name] = TEST_CONFIG[name as keyof typeof TEST_CONFIG];

const TRACES = join(import.meta.dirname, "../../packages/local/traces");
const provide = {
  traces: readdirSync(TRACES)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(TRACES, name), "utf8"))),
};

/** A busy machine is slow, and nothing here measures time. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 };

const rules = {
  test: {
    name: "rules",
    provide,
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
          ...TEST_CONFIG,
          MIGRATIONS: await readD1Migrations({
            projectPath: import.meta.dirname,
            migrationsDir: "migrations",
            migrationsPattern: "migrations/*/up.sql",
          }),
        },
        // The provider's API is down unless a test answers for it.
        outboundService: () => new Response(null, { status: 503 }),
        workers: [users, mailer],
      },
    })),
  ],
  test: {
    name: "workerd",
    provide,
    include: ["src/**/*.workerd.test.ts"],
    maxWorkers: 1,
    ...PATIENCE,
  },
};

export default defineConfig({ test: { projects: [rules, workerd], silent: "passed-only" } });

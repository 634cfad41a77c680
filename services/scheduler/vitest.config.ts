import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** A busy machine is slow, and nothing here measures time. */
const PATIENCE = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
};

/** Each peer remembers what it was asked, fails when told to, and holds its calls until it is told to let go. */
const peer = (name: string) => ({
  name,
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    let mode = "ok";
    let calls = [];
    let released = 0;
    export class ForScheduler extends WorkerEntrypoint {
      async run(task, trace) {
        const turn = calls.push({ task, requestId: trace.requestId, caller: this.ctx.props.caller });
        // Promises do not cross requests, so each call looks for itself.
        while (mode === "hold" && turn > released)
          await new Promise((resolve) => setTimeout(resolve, 10));
        if (mode === "throw") throw new Error("the service is down");
        if (mode === "refuse") return { ok: false, code: "unavailable", detail: "no database" };
        return { ok: true, value: { done: 1 } };
      }
      behave(next) { mode = next; calls = []; released = 0; }
      release(turns) { released = turns; }
      asked() { return calls; }
    }
    export default {};`,
});

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
        workers: ["auth", "users", "billing-webhook", "mailer"].map(peer),
      },
    })),
  ],
  test: {
    name: "workerd",
    include: ["src/**/*.workerd.test.ts"],
    maxWorkers: 1,
    ...PATIENCE,
    silent: "passed-only" as const,
  },
};

export default defineConfig({ test: { projects: [rules, workerd] } });

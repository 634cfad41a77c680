import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Each peer remembers what it was asked, and fails, hangs or takes its time when told to. */
const peer = (name: string) => ({
  name,
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    let mode = "ok";
    let calls = [];
    export class ForScheduler extends WorkerEntrypoint {
      async run(task, trace) {
        calls.push({ task, requestId: trace.requestId, caller: this.ctx.props.caller });
        if (mode === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
        if (mode === "throw") throw new Error("the service is down");
        if (mode === "refuse") return { ok: false, code: "unavailable", detail: "no database" };
        return { ok: true, value: { done: 1 } };
      }
      behave(next) { mode = next; calls = []; }
      asked() { return calls; }
    }
    export default {};`,
});

const rules = {
  test: {
    name: "rules",
    include: ["src/**/*.test.ts"],
    exclude: ["src/**/*.workerd.test.ts"],
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
    // A busy machine is slow, and nothing here measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    silent: "passed-only" as const,
  },
};

export default defineConfig({ test: { projects: [rules, workerd] } });

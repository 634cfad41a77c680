import { randomBytes } from "node:crypto";

import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const keySet = () =>
  JSON.stringify({ current: "k1", keys: { k1: randomBytes(32).toString("base64url") } });

const signingKeys = async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  return JSON.stringify({ current: "s1", keys: { s1: { kty, crv, x, y, d } } });
};

/** A peer remembers what it was asked, and refuses or breaks when told to. */
const peer = (name: string, entrypoint: string, verb: string) => ({
  name,
  modules: true,
  compatibilityDate: "2026-11-01",
  script: `
    import { WorkerEntrypoint } from "cloudflare:workers";
    let mode = "ok";
    let calls = [];
    let pushes = [];
    let emails = [];
    export class ${entrypoint} extends WorkerEntrypoint {
      async ${verb}(payload, trace) {
        calls.push({ payload, requestId: trace.requestId, caller: this.ctx.props.caller });
        if (mode === "throw") throw new Error("the service is down");
        if (mode !== "ok") return { ok: false, code: mode, detail: "" };
        return { ok: true, value: null };
      }
      async pushToSubject(userId, facts, trace) {
        if (mode === "throw") throw new Error("the service is down");
        if (mode !== "ok") return { ok: false, code: mode, detail: "" };
        pushes.push(...facts.map((fact) => ({ userId, ...fact })));
        return { ok: true, value: null };
      }
      async changeEmail(change) {
        if (mode === "throw") throw new Error("the service is down");
        if (mode !== "ok") return { ok: false, code: mode, detail: "" };
        emails.push(change);
        return { ok: true, value: null };
      }
      async contactOf(userId) {
        if (mode === "throw") throw new Error("the service is down");
        if (mode !== "ok") return { ok: false, code: mode, detail: "" };
        const value = { email: "contact@example.com", name: "Ann", locale: "es", timezone: "Europe/Madrid" };
        return { ok: true, value };
      }
      behave(next) { mode = next; calls = []; pushes = []; emails = []; }
      asked() { return calls; }
      pushed() { return pushes; }
      changed() { return emails; }
    }
    export default {};`,
});

/** Hashing on a busy machine is slow, and nothing here measures time. */
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
          // Tests about something else must not meet a limit.
          RATE_LIMIT_SCALE: "1000",
          ADMIN_EMAILS: "Boss@Example.com",
          TOKEN_KEYS: await signingKeys(),
          PASSWORD_PEPPERS: keySet(),
          REFRESH_KEYS: keySet(),
          MAIL_SEAL_KEYS: keySet(),
          KEY_TAG_KEYS: keySet(),
          MIGRATIONS: await readD1Migrations({
            projectPath: import.meta.dirname,
            migrationsDir: "migrations",
            migrationsPattern: "migrations/*/up.sql",
          }),
        },
        workers: [peer("users", "ForAuth", "createUser"), peer("mailer", "ForServices", "accept")],
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

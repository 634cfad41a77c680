import { env } from "cloudflare:workers";

import { betterAuth, type BetterAuthOptions } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { Hono } from "hono";

import { D1Dialect } from "./d1-dialect.ts";

interface PeerEnv {
  DB: D1Database;
  /** `on` lets the library trust a signed cookie instead of its database. */
  COOKIE_CACHE: string;
}

const { DB, COOKIE_CACHE } = env as unknown as PeerEnv;

/** As long as our access tokens live. */
const CACHE_S = 900;

const options = {
  database: { dialect: new D1Dialect(DB), type: "sqlite" },
  baseURL: "http://bench.test",
  secret: "a secret for one benchmark on one machine",
  emailAndPassword: {
    enabled: true,
    // Sign-up only prepares the benchmark, so its hash is cheap. No measured request hashes.
    password: {
      hash: (password: string) => Promise.resolve(`plain:${password}`),
      verify: ({ hash, password }: { hash: string; password: string }) =>
        Promise.resolve(hash === `plain:${password}`),
    },
  },
  session: { cookieCache: { enabled: COOKIE_CACHE === "on", maxAge: CACHE_S } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
} satisfies BetterAuthOptions;

const auth = betterAuth(options);
const app = new Hono();

app.post("/setup", async (c) => {
  const { runMigrations } = await getMigrations({ ...options, database: DB });
  await runMigrations();
  return c.json({});
});
app.post("/api/auth/*", (c) => auth.handler(c.req.raw));
app.get("/me", async (c) => {
  const session = await auth.api.getSession({ headers: c.req.raw.headers });
  return session === null ? c.json({}, 401) : c.json(session.user);
});

export default app;

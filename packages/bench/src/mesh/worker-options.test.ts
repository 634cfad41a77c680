import { describe, expect, it } from "vitest";

import { workerConfig, type BoundConfig } from "./worker-options.ts";

const MANIFEST = { mainModule: "index.js", modulesRoot: "/", modules: {} };

const configured = (config: Partial<BoundConfig>, secrets: Record<string, string> = {}) =>
  workerConfig(
    { name: "gateway", main: "src/index.ts", compatibility_date: "2026-11-01", ...config },
    secrets,
    MANIFEST,
  );

describe("workerConfig", () => {
  it("keeps name, date and bundle", () => {
    expect(configured({})).toMatchObject({
      name: "gateway",
      compatibilityDate: "2026-11-01",
      manifest: MANIFEST,
    });
  });

  it("binds variables and secrets as text", () => {
    const { env } = configured({ vars: { API_VERSION: "v1" } }, { TOKEN_KEYS: "{}" });
    expect(env).toEqual({
      API_VERSION: { type: "text", value: "v1" },
      TOKEN_KEYS: { type: "text", value: "{}" },
    });
  });

  it("binds databases and caches by the id that other Workers share", () => {
    const { env } = configured({
      d1_databases: [{ binding: "DB", database_name: "luna-users", database_id: "luna-users" }],
      kv_namespaces: [{ binding: "CACHE", id: "luna-cache" }],
    });
    expect(env).toEqual({
      DB: { type: "d1", id: "luna-users" },
      CACHE: { type: "kv", id: "luna-cache" },
    });
  });

  it("binds a peer's entrypoint with the identity of the caller", () => {
    const { env } = configured({
      services: [
        {
          binding: "USERS",
          service: "users",
          entrypoint: "ForGateway",
          props: { caller: "gateway" },
        },
      ],
    });
    expect(env?.["USERS"]).toEqual({
      type: "worker",
      worker: "users",
      exportName: "ForGateway",
      props: { caller: "gateway" },
    });
  });

  it("binds an object of another Worker, and one of its own", () => {
    const { env } = configured({
      durable_objects: {
        bindings: [
          { name: "SUBJECTS", class_name: "Subject", script_name: "users" },
          { name: "OWN", class_name: "Own" },
        ],
      },
    });
    expect(env).toEqual({
      SUBJECTS: { type: "durable-object", worker: "users", exportName: "Subject" },
      OWN: { type: "durable-object", worker: "gateway", exportName: "Own" },
    });
  });

  it("exports the object classes it declares with SQLite storage", () => {
    const { exports } = configured({
      exports: { Subject: { type: "durable-object", storage: "sqlite" } },
    });
    expect(exports).toEqual({ Subject: { type: "durable-object", storage: "sqlite" } });
  });

  it("produces and consumes queues under the same settings", () => {
    const { env, triggers } = configured({
      queues: {
        producers: [{ binding: "MAIL", queue: "mail" }],
        consumers: [{ queue: "mail", max_batch_timeout: 0, dead_letter_queue: "mail-dead" }],
      },
    });
    expect(env?.["MAIL"]).toEqual({ type: "queue", name: "mail" });
    expect(triggers).toEqual([
      { type: "queue", name: "mail", maxBatchTimeout: 0, deadLetterQueue: "mail-dead" },
    ]);
  });

  it("binds native limits, mail and version", () => {
    const { env } = configured({
      ratelimits: [{ name: "ANONYMOUS", namespace_id: "1001", simple: { limit: 60, period: 60 } }],
      send_email: [{ name: "EMAIL" }],
      version_metadata: { binding: "VERSION" },
    });
    expect(env).toEqual({
      ANONYMOUS: { type: "rate-limit", namespace: "1001", simple: { limit: 60, period: 60 } },
      EMAIL: { type: "send-email" },
      VERSION: { type: "version-metadata" },
    });
  });
});

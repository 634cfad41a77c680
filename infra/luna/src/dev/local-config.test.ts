import { describe, expect, it } from "vitest";

import type { Service } from "../service.ts";
import { localConfig, type LocalValues } from "./local-config.ts";

const service: Service = {
  name: "users",
  folder: "/mesh/services/users",
  config: {
    $schema: "x",
    name: "users",
    main: "src/index.ts",
    routes: [{ pattern: "users.example.com" }],
    vars: { ENVIRONMENT: "production", MAIL_BACKOFF: "[1,2,4]", APP_URL: "" },
    secrets: { required: ["TOKEN_KEYS", "OTHER"] },
    ratelimits: [{ name: "IP", simple: { limit: 60, period: 60 } }],
  },
};
const values: LocalValues = {
  vars: { ENVIRONMENT: "local", SMTP_URL: "smtp://127.0.0.1:2525" },
  secrets: { TOKEN_KEYS: "made", UNASKED: "made" },
  rateLimitScale: 1,
  env: {},
};

describe("localConfig", () => {
  it("points at the real source and leaves the public internet out", () => {
    const { config } = localConfig(service, values);
    expect(config.main).toBe("/mesh/services/users/src/index.ts");
    expect(config["routes"]).toBeUndefined();
  });

  it("overrides only what the service declares", () => {
    const { config } = localConfig(service, values);
    expect(config.vars).toEqual({ ENVIRONMENT: "local", MAIL_BACKOFF: "[1,2,4]", APP_URL: "" });
  });

  it("lets the environment win by name, for variables and secrets", () => {
    const env = { MAIL_BACKOFF: "[0]", ENVIRONMENT: "staging", TOKEN_KEYS: "mine", HOME: "/" };
    const { config, secrets } = localConfig(service, { ...values, env });
    expect(config.vars).toEqual({ ENVIRONMENT: "staging", MAIL_BACKOFF: "[0]", APP_URL: "" });
    expect(secrets).toEqual({ TOKEN_KEYS: "mine" });
  });

  it("gives a service only the secrets it requires", () => {
    expect(localConfig(service, values).secrets).toEqual({ TOKEN_KEYS: "made" });
  });

  it.each([
    [10, 600],
    [0.5, 30],
    [0.001, 1],
  ])("scales native limits by %d", (rateLimitScale, limit) => {
    const { config } = localConfig(service, { ...values, rateLimitScale });
    expect(config.ratelimits?.[0]?.simple).toEqual({ limit, period: 60 });
  });
});

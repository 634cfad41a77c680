import { describe, expect, it } from "vitest";

import { readSettings } from "./settings.ts";

describe("readSettings", () => {
  it("has a default for everything", () => {
    expect(readSettings({}, "/mesh")).toEqual({
      port: 8787,
      mailPort: 8025,
      lemonPort: 8026,
      stateDir: "/mesh/.wrangler/state",
      rateLimitScale: 1,
      lemonTimeScale: 1,
    });
  });

  it.each([
    [{ PORT: "0" }, "PORT=0 is not a port"],
    [{ MAIL_PORT: "http" }, "MAIL_PORT=http is not a port"],
    [{ LEMON_PORT: "65536" }, "LEMON_PORT=65536 is not a port"],
    [{ PORT: "8025" }, "must differ"],
    [{ LEMON_TIME_SCALE: "fast" }, "LEMON_TIME_SCALE=fast is not a positive number"],
    [{ RATE_LIMIT_SCALE: "-1" }, "RATE_LIMIT_SCALE=-1 is not a positive number"],
  ])("refuses %o in one line", (env, message) => {
    expect(() => readSettings(env, "/mesh")).toThrow(message);
  });
});

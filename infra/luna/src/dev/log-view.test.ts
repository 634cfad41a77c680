import { describe, expect, it } from "vitest";

import { logView } from "./log-view.ts";

const shown = (lines: string[], raw = false): string[] => {
  const view = logView(raw);
  return lines.map(view).filter((text) => text !== null);
};

const entry = {
  level: "info",
  message: "request",
  time: "2026-11-21T03:16:51.735Z",
  service: "users",
  version: "v1",
  requestId: "r1",
  traceId: "t1",
  method: "GET",
  status: 200,
  userId: null,
};

describe("the log view", () => {
  it("prints a Worker's line with the time, the level, the service and what matters", () => {
    expect(shown([`[users] ${JSON.stringify(entry)}`])).toEqual([
      "03:16:51 INFO   users           request requestId=r1 method=GET status=200",
    ]);
  });

  it("prints it untouched for a program", () => {
    expect(shown([`[users] ${JSON.stringify(entry)}`], true)).toEqual([JSON.stringify(entry)]);
  });

  it("keeps wrangler's own chatter to itself", () => {
    const chatter = [
      "⎔ Reloading local server...",
      "NOSENTRY per-isolate bootstrap compile cache failed its compatibility check",
      "gateway has access to the following bindings:",
      "Binding                     Resource      Mode",
      'env.API_URL ("https://x")   Environment Variable   local',
      "[wrangler:info] GET /x 404 Not Found (2ms)",
      "",
    ];
    expect(shown(chatter)).toEqual([]);
  });

  it("says that the Workers were reloaded", () => {
    expect(shown(["⎔ Local server updated and ready"])).toEqual(["  reloaded"]);
  });

  it("shows an error with its stack", () => {
    expect(shown(["[wrangler:error] Error: boom", "    at fetch (index.ts:5:1)", ""])).toEqual([
      "  Error: boom",
      "      at fetch (index.ts:5:1)",
    ]);
  });

  it("shows a build that failed, colours removed", () => {
    const red = "\u001B[31m✘ [ERROR] Build failed with 1 error:\u001B[0m";
    expect(shown([red, "  src/index.ts:3:1"])).toEqual([
      "  ✘ [ERROR] Build failed with 1 error:",
      "    src/index.ts:3:1",
    ]);
  });

  it("leaves out the watchdog's healthy probes, not the unhealthy ones", () => {
    const probe = { ...entry, path: "/health" };
    const line = (status: number) => `[gateway] ${JSON.stringify({ ...probe, status })}`;
    expect(shown([line(200)])).toEqual([]);
    expect(shown([line(503)])).toHaveLength(1);
  });
});

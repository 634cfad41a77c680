import { expect, it } from "vitest";

import { Complaint } from "../settings.ts";
import { startMesh, untilHealthy } from "./mesh.ts";

it("keeps the reason of a failed start, however often we asked since", async () => {
  const reason = '[auth] {"level":"error","message":"misconfigured","variable":"TOKEN_KEYS"}';
  const echo = [
    "[wrangler:info] GET /health 503 Service Unavailable (4ms)",
    '[gateway] {"level":"info","message":"request","path":"/health","status":503}',
  ];
  const lines = [reason, ...Array.from({ length: 100 }, () => echo).flat()];
  const script = `console.log(${JSON.stringify(lines.join("\n"))})`;
  const mesh = startMesh([process.execPath, "-e", script], process.env, () => undefined);
  await mesh.process.ended;
  await expect.poll(() => mesh.tail(), { timeout: 30_000 }).toEqual([reason]);
});

it("waits no longer once a service says which variable is wrong", async () => {
  const lines = ["TOKEN_KEYS", "API_URL"].map((variable) => {
    const said = { level: "error", message: "misconfigured", variable, problem: "is missing" };
    return `[auth] ${JSON.stringify(said)}`;
  });
  const script = `console.log(${JSON.stringify(lines.join("\n"))}); setInterval(() => {}, 1e6)`;
  const mesh = startMesh([process.execPath, "-e", script], process.env, () => undefined);
  try {
    // Nobody listens at the lowest of ports.
    const failed: unknown = await untilHealthy(mesh, "http://127.0.0.1:1/health").catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(Complaint);
    expect(String(failed)).toContain("TOKEN_KEYS is missing (auth); API_URL is missing (auth)");
  } finally {
    await mesh.process.stop();
  }
});

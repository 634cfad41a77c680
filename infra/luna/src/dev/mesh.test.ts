import { expect, it } from "vitest";

import { startMesh } from "./mesh.ts";

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

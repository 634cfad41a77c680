import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, join, type Tokens } from "./people.ts";

let mesh: Mesh;
let ada: Tokens;
beforeAll(async () => {
  mesh = await startMesh({ rateLimitScale: 20 });
  ada = await join(mesh, "ada@example.com");
});
afterAll(() => mesh.close());

describe("x", () => {
  it("y", { timeout: 120_000 }, async () => {
    const seen: Record<string, number> = {};
    let on = true;
    let n = 0;
    const lane = async () => {
      while (on && n < 2600) {
        n += 1;
        let what: string;
        try {
          const a = await mesh.fetch("/v1/auth/sessions", { headers: bearer(ada) });
          what = `${a.status} ${a.headers.get("ratelimit") === null ? "degraded" : ""}`;
          if (a.status >= 500) what += await a.text();
        } catch (e) {
          what = `thrown ${String(e).slice(0, 200)} ${String((e as Error).cause)}`;
        }
        what = what.replace(/requestId":"[^"]+/, "");
        seen[what] = (seen[what] ?? 0) + 1;
      }
    };
    const lanes = Array.from({ length: 16 }, lane);
    for (let t = 0; t < 4; t += 1) {
      await new Promise((d) => setTimeout(d, 300));
      const s = Date.now();
      await mesh.change({});
      console.log("changed", Date.now() - s, n);
    }
    await Promise.all(lanes);
    on = false;
    console.log(seen);
  });
});

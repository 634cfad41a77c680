import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, eventually, forged, join, json, post } from "./people.ts";

interface Usage {
  period: string;
  requests: number;
  limit: number;
  tier: string;
}

describe("usage", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh();
  });
  afterAll(() => mesh.close());

  it("counts every answered request once, kept ones and a key's among them", async () => {
    const ada = await join(mesh, "ada@example.com");
    const usageOf = () => json<Usage>(mesh.fetch("/v1/me/usage", { headers: bearer(ada) }));
    const before = await usageOf();
    expect(before).toMatchObject({
      period: new Date().toISOString().slice(0, 7),
      limit: 100,
      tier: "free",
    });
    const made = await mesh.fetch("/v1/api-keys", post({ name: "ci" }, bearer(ada)));
    const { key } = await made.json<{ key: string }>();
    const tokens = [ada.accessToken, key];
    await Promise.all(
      Array.from({ length: 60 }, (_, turn) =>
        mesh.fetch("/v1/me", { headers: { authorization: `Bearer ${tokens[turn % 2]}` } }),
      ),
    );
    expect((await usageOf()).requests).toBe(before.requests + 62);
  });

  it("counts nothing for who is refused", async () => {
    const bob = await join(mesh, "bob@example.com");
    const headers = { authorization: `Bearer ${forged(bob.accessToken)}` };
    for (const _ of [1, 2, 3]) expect((await mesh.fetch("/v1/me", { headers })).status).toBe(401);
    const usage = await json<Usage>(mesh.fetch("/v1/me/usage", { headers: bearer(bob) }));
    expect(usage.requests).toBe(1);
  });
});

describe("a scale other than 1 in production", () => {
  it.each(["2", "0.5"])("is refused by name: %s", async (scale) => {
    const mesh = await startMesh({
      values: { ENVIRONMENT: "production", RATE_LIMIT_SCALE: scale },
    });
    try {
      const answer = await mesh.fetch("/v1/me", { headers: { authorization: "Bearer x" } });
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: "misconfigured" }),
      ]);
      await eventually("its name in the log", () =>
        Promise.resolve(
          mesh.server.getLogs().some(({ message }) => message.includes("RATE_LIMIT_SCALE")),
        ),
      );
      const health = await json<{ checks: { services: Record<string, { status: string }> } }>(
        mesh.fetch("/health"),
      );
      for (const name of ["gateway", "users"])
        expect(health.checks.services[name]?.status).toBe("unhealthy");
    } finally {
      await mesh.close();
    }
  });
});

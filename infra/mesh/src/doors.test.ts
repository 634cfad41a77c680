import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, join, json, post, type Tokens } from "./people.ts";

describe("the doors of the mesh", () => {
  let mesh: Mesh;
  let ada: Tokens;
  beforeAll(async () => {
    mesh = await startMesh();
    ada = await join(mesh, "ada@example.com");
  });
  afterAll(() => mesh.close());

  it.each(["auth", "users", "scheduler"])("%s answers 404 to plain HTTP", async (name) => {
    const worker = mesh.server.getWorker(name);
    for (const path of ["/", "/health", "/v1/me", "/v1/auth/sign-in"]) {
      const response = await worker.fetch(path, { headers: bearer(ada) });
      expect(response.status, path).toBe(404);
      expect(await response.text(), path).not.toMatch(/ada/);
    }
  });

  it.each(["billing-webhook", "mailer"])(
    "%s shows nothing private on its own door",
    async (name) => {
      const worker = mesh.server.getWorker(name);
      for (const path of [
        "/v1/me",
        "/v1/billing/invoices",
        "/v1/admin/mail",
        "/v1/admin/billing/events",
      ]) {
        const response = await worker.fetch(path, { headers: bearer(ada) });
        expect(response.status, path).toBe(404);
      }
    },
  );

  it("ignores identity that a client writes into headers or bodies", async () => {
    const forged = {
      "x-user-id": ada.user.id,
      "x-caller": JSON.stringify({ kind: "user", userId: ada.user.id, role: "admin" }),
      caller: `user:${ada.user.id}`,
      "cf-access-authenticated-user-email": "ada@example.com",
      "x-forwarded-user": ada.user.id,
    };
    expect((await mesh.fetch("/v1/me", { headers: forged })).status).toBe(401);
    const history = "/v1/admin/scheduled-tasks/history";
    const asUser = await mesh.fetch(history, { headers: { ...forged, ...bearer(ada) } });
    expect(asUser.status).toBe(403);
    const inBody = await mesh.fetch("/v1/me", {
      ...post({ caller: { kind: "user", role: "admin" } }, bearer(ada)),
      method: "PATCH",
    });
    expect(inBody.status).toBe(422);
  });

  it("keeps a valid request id and replaces any other", async () => {
    const kept = await mesh.fetch("/health", { headers: { "x-request-id": "order-4711.retry_2" } });
    expect(kept.headers.get("x-request-id")).toBe("order-4711.retry_2");
    const replaced = await mesh.fetch("/health", { headers: { "x-request-id": "<script>" } });
    expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(["/health", "/v1/me", "/nowhere", "/openapi.json", "/docs", "/v1/auth/sign-in"])(
    "sends the security headers with %s",
    async (path) => {
      const { headers } = await mesh.server.fetch(path);
      expect(headers.get("strict-transport-security")).toMatch(/max-age=31536000/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'/);
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-request-id")).toBeTruthy();
    },
  );

  it("answers HEAD as GET, without the body", async () => {
    for (const path of ["/health", "/docs", "/openapi.json", "/v1/billing/plans", "/v1/me"]) {
      const init = { method: "HEAD", headers: bearer(ada) };
      const answer = await mesh.server.fetch(path, init);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, ""]);
    }
    const stranger = await mesh.server.fetch("/v1/me", { method: "HEAD" });
    expect(stranger.status).toBe(401);
    const nothing = await mesh.server.fetch("/v1/auth/sign-up", { method: "HEAD" });
    expect(nothing.headers.get("allow")).toBe("POST");
  });

  it.each(["/docs/", "/openapi.json/", "/sign-in/"])(
    "shows %s as without its slash",
    async (path) => {
      const [slashed, plain] = await Promise.all(
        [path, path.slice(0, -1)].map((one) => mesh.server.fetch(one)),
      );
      expect(slashed?.status).toBe(200);
      expect(await slashed?.text()).toBe(await plain?.text());
    },
  );

  it.each(["/docs", "/openapi.json", "/sign-in"])("only lets %s be read", async (path) => {
    for (const method of ["POST", "DELETE"]) {
      const answer = await mesh.server.fetch(path, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
    }
  });

  it("publishes only public key parts", async () => {
    const { keys } = await json<{ keys: Record<string, string>[] }>(
      mesh.fetch("/.well-known/jwks.json"),
    );
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual([
      "alg",
      "crv",
      "kid",
      "kty",
      "use",
      "x",
      "y",
    ]);
  });

  it("lets a page of an allowed origin in and no other", async () => {
    const ask = (origin: string) =>
      mesh.server.fetch("/v1/me", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "GET" },
      });
    const stranger = await ask("https://app.example.com.evil.example");
    expect(stranger.headers.get("access-control-allow-origin")).toBeNull();
    expect(stranger.headers.get("vary")).toMatch(/Origin/i);
  });
});

describe("an allowed origin", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh({ values: { CORS_ORIGINS: "https://app.example.com" } });
  });
  afterAll(() => mesh.close());

  it("may call and read the answer, errors included", async () => {
    const headers = { origin: "https://app.example.com" };
    const preflight = await mesh.server.fetch("/v1/me", {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "PATCH" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toMatch(/PATCH/);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
    const refused = await mesh.fetch("/v1/me", { headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
  });
});

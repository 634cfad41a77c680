import { newApiKey } from "@luna/shared/api-key";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { documentedOperations } from "./contract.ts";
import { startMesh, type Mesh } from "./mesh.ts";
import { bearer, forged, join, post, type Tokens } from "./people.ts";

const LARGE = JSON.stringify({ name: "x".repeat(300 * 1024) });

/** Every documented route that takes a JSON body. */
const writers = documentedOperations().filter(({ hasBody }) => hasBody);

describe("bad input", () => {
  let mesh: Mesh;
  let root: Tokens;
  beforeAll(async () => {
    mesh = await startMesh({ values: { ADMIN_EMAILS: "root@example.com" } });
    root = await join(mesh, "root@example.com");
  });
  afterAll(() => mesh.close());

  const send = (method: string, path: string, body: BodyInit, type = "application/json") =>
    mesh.fetch(path.replaceAll(/\{[^}]+\}/g, "unknown"), {
      method,
      headers: { "content-type": type, ...bearer(root) },
      body,
    });
  const codeOf = async (response: Response) => {
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    const { code, requestId } = await response.json<{ code: string; requestId: string }>();
    expect(requestId).toBe(response.headers.get("x-request-id"));
    return `${response.status} ${code}`;
  };

  it.each(writers)("$method $path refuses what is not JSON", async ({ method, path }) => {
    for (const body of ["{", " ", "undefined", "{'a':1}", '{"a":1}}', "NaN"])
      expect(await codeOf(await send(method, path, body)), body).toBe("400 malformed_json");
  });

  it.each(writers)("$method $path refuses bytes that are not UTF-8", async ({ method, path }) => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ])
      expect(await codeOf(await send(method, path, new Uint8Array(bytes)))).toBe(
        "400 malformed_encoding",
      );
  });

  it.each(writers)("$method $path refuses other content types", async ({ method, path }) => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
    ])
      expect(await codeOf(await send(method, path, "{}", type)), type).toBe(
        "415 unsupported_media_type",
      );
  });

  it.each(writers)("$method $path refuses 300 KB", async ({ method, path }) => {
    expect(await codeOf(await send(method, path, LARGE))).toBe("413 payload_too_large");
  });

  it.each(writers)(
    "$method $path refuses unknown and prototype fields",
    async ({ method, path }) => {
      for (const body of [
        '{"surprise":1}',
        '{"__proto__":{"role":"admin"}}',
        '{"constructor":{"prototype":{"role":"admin"}}}',
        "[]",
        "null",
        '"text"',
        "1e999",
      ])
        expect(await codeOf(await send(method, path, body)), body).toBe("422 invalid_input");
    },
  );

  it("refuses unknown routes and wrong methods", async () => {
    for (const path of [
      "/v2/me",
      "/v1/mee",
      "/v1/auth/sign-up/x",
      "/%",
      "/v1/me/%2e%2e",
      "//v1/me",
    ])
      expect(await codeOf(await mesh.fetch(path)), path).toBe("404 not_found");
    const wrong = await mesh.fetch("/v1/me", { method: "DELETE", headers: bearer(root) });
    expect(wrong.headers.get("allow")).toBe("GET, PATCH");
    expect(await codeOf(wrong)).toBe("405 method_not_allowed");
    const put = await mesh.fetch("/v1/auth/sign-in", { method: "PUT", body: "{}" });
    expect(await codeOf(put)).toBe("405 method_not_allowed");
  });

  it("refuses bad credentials without a stack or a hint", async () => {
    const header = async (authorization: string) =>
      codeOf(await mesh.fetch("/v1/me", { headers: { authorization } }));
    const [head, claims, signature] = root.accessToken.split(".") as [string, string, string];
    for (const authorization of [
      "Bearer",
      "Basic YTpi",
      "Bearer a.b.c",
      `Bearer ${"x".repeat(10_000)}`,
      `Bearer ${head}.${claims}.`,
      `Bearer ${head}.${claims}.${signature}.x`,
      `Bearer ${forged(root.accessToken)}`,
      `Bearer ${btoa('{"alg":"none","typ":"at+jwt"}')}.${claims}.`,
    ])
      expect(await header(authorization), authorization.slice(0, 40)).toBe("401 invalid_token");
  });

  it("makes no object for API keys that nobody was given", async () => {
    const users = mesh.server.getWorker<{ SUBJECTS: DurableObjectNamespace }>("users");
    const before = await users.listDurableObjectIds("SUBJECTS");
    expect(before).toHaveLength(1);
    const alien = { current: "k1", keys: { k1: Buffer.alloc(32, 7).toString("base64url") } };
    for (let forged = 0; forged < 200; forged += 1) {
      const name = String(forged).padStart(28, "0");
      const { text } = await newApiKey(alien, { subject: name, keyId: name });
      const answer = await mesh.fetch("/v1/me", { headers: { authorization: `Bearer ${text}` } });
      expect(await codeOf(answer)).toBe("401 invalid_token");
    }
    expect(await users.listDurableObjectIds("SUBJECTS")).toEqual(before);
  });

  it("writes nothing for anything it refused", async () => {
    const { DB } = await mesh.server.getWorker<{ DB: D1Database }>("auth").getEnv();
    const rows = await DB.prepare("SELECT count(*) AS n FROM sign_ups").first<{ n: number }>();
    expect(rows?.n).toBe(1);
    for (const body of [
      { email: "not an address", password: "long enough" },
      { email: "a@example.com", password: "short" },
      { email: "a@example.com\r\nBcc: b@example.com", password: "long enough" },
      { email: "a@example.com", password: "long enough", role: "admin" },
      { email: "a@example.com", password: "long enough", name: "a\nb" },
    ])
      expect((await mesh.fetch("/v1/auth/sign-up", post(body))).status).toBe(422);
    const after = await DB.prepare("SELECT count(*) AS n FROM sign_ups").first<{ n: number }>();
    expect(after?.n).toBe(1);
  });
});

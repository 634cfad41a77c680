import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type RunningServer, serve } from "./http-server.ts";
import { json, problem } from "./json-reply.ts";

const start = (port = 0): Promise<RunningServer> =>
  serve({
    port,
    name: "test server",
    renderFailure: problem,
    maxBodyBytes: 10,
    routes: [
      ["GET", "/things/:id", ({ params }) => json(200, params)],
      ["DELETE", "/things/:id", () => ({ status: 204 })],
      ["POST", "/things", ({ body }) => json(200, body.toString())],
      [
        "GET",
        "/bug",
        () => {
          throw new Error("a secret detail");
        },
      ],
    ],
  });

let server: RunningServer;
const call = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

beforeEach(async () => {
  server = await start();
});
afterEach(() => server.close());

describe("http server", () => {
  it("decodes the named parts of a path", async () => {
    expect(await (await call("/things/a%2Fb")).json()).toEqual({ id: "a/b" });
  });

  it("answers 404 for an unknown path and for one that does not decode", async () => {
    expect((await call("/nothing")).status).toBe(404);
    expect((await call("/things/%E0%A4%A")).status).toBe(404);
  });

  it("answers 405 with the methods that work", async () => {
    const response = await call("/things/1", { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("GET, DELETE");
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("answers 413 for a body over the limit", async () => {
    expect((await call("/things", { method: "POST", body: "12345678901" })).status).toBe(413);
  });

  it("answers 500 without the reason when a handler throws", async () => {
    const response = await call("/bug");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("refuses a form that another site sends through the browser", async () => {
    const headers = { "Sec-Fetch-Site": "cross-site" };
    expect((await call("/things", { method: "POST", body: "x", headers })).status).toBe(403);
  });

  it("rejects a port in use with one line that names it", async () => {
    await expect(start(server.port)).rejects.toThrow(
      `Port ${server.port} for the test server is already in use.`,
    );
  });
});

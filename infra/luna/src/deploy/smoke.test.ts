import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { smoke } from "./smoke.ts";

const QUICKLY = { pauseMs: 0, say: () => undefined };

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Answers /health as the mesh would, one status per call, the last one for ever. */
const meshSaying = async (service: string, statuses: string[]): Promise<string> => {
  server = createServer((_, response) => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    response.statusCode = 503;
    response.end(
      JSON.stringify({ status: "unhealthy", checks: { services: { [service]: { status } } } }),
    );
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe("smoke", () => {
  it("waits until the service itself is healthy, whatever its neighbours are", async () => {
    const url = await meshSaying("users", ["unhealthy", "unhealthy", "healthy"]);
    expect(await smoke(url, "users", QUICKLY)).toBeNull();
  });

  it("reports a service that stays unhealthy", async () => {
    expect(await smoke(await meshSaying("users", ["unhealthy"]), "users", QUICKLY)).toBe(
      "unhealthy",
    );
  });

  it("reports a service that the mesh does not list", async () => {
    const url = await meshSaying("users", ["healthy"]);
    expect(await smoke(url, "auth", QUICKLY)).toBe("not listed (HTTP 503)");
  });
});

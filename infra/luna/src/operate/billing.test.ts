import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { Command } from "commander";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { addBillingCommands } from "./billing-commands.ts";

/** A door that remembers what it was asked and by whom. */
const startDoor = async (asked: string[]): Promise<Server> => {
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.method} ${request.url}`);
    const nextCursor = request.url?.endsWith("rebuild?repair=true") ? "MTo" : null;
    const pages = { items: [], objects: 3, differences: [nextCursor], nextCursor };
    response.writeHead(200).end(JSON.stringify(pages));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  return server;
};

describe("luna billing", () => {
  const asked: string[] = [];
  beforeEach(() => asked.splice(0));
  let door: Server;
  beforeAll(async () => {
    door = await startDoor(asked);
    vi.stubEnv("LUNA_API", `http://127.0.0.1:${(door.address() as AddressInfo).port}`);
    vi.stubEnv("LUNA_TOKEN", "token");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await new Promise((done) => {
      door.close(done);
    });
  });

  const run = async (...args: string[]): Promise<{ code: number; text: unknown }> => {
    const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
    let code = -1;
    const program = new Command("luna");
    addBillingCommands(program, (ended) => {
      code = ended;
    });
    await program.parseAsync(["billing", ...args], { from: "user" });
    const text: unknown = print.mock.calls[0]?.[0];
    print.mockRestore();
    return { code, text };
  };

  it("lists the grants that were given, of one user, in one state, page by page", async () => {
    const { code, text } = await run("grants");
    expect([code, JSON.parse(String(text))]).toMatchObject([0, { items: [], nextCursor: null }]);
    await run("grants", "--user", "00a/b", "--state", "live", "--limit", "2", "--cursor", "MDA");
    expect(asked).toEqual([
      "Bearer token GET /v1/admin/billing/grants",
      "Bearer token GET /v1/admin/billing/grants?userId=00a%2Fb&state=live&limit=2&cursor=MDA",
    ]);
  });

  it("makes the tables again to the end, however many answers that takes", async () => {
    const { code, text } = await run("rebuild", "--repair");
    expect([code, JSON.parse(String(text))]).toEqual([
      0,
      { objects: 6, differences: ["MTo", null] },
    ]);
    expect(asked).toEqual([
      "Bearer token POST /v1/admin/billing/rebuild?repair=true",
      "Bearer token POST /v1/admin/billing/rebuild?repair=true&cursor=MTo",
    ]);
    await run("rebuild");
    expect(asked.at(-1)).toContain("rebuild?repair=false");
  });
});

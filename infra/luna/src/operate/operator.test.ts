import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readSettings, type Settings } from "../settings.ts";
import { operatorOf } from "./operator.ts";

/** A door that lets ada in and counts how often she asks. */
const startDoor = async (expiresIn: () => number) => {
  let signIns = 0;
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      signIns += 1;
      const { email, password } = JSON.parse(text) as Record<string, string>;
      const known = email === "ada@example.com" && password === "correct";
      response
        .writeHead(known ? 200 : 401)
        .end(JSON.stringify({ accessToken: `token-${signIns}`, expiresIn: expiresIn() }));
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  return { server, port: (server.address() as AddressInfo).port, signIns: () => signIns };
};

describe("an operator", () => {
  let door: Awaited<ReturnType<typeof startDoor>>;
  let settings: Settings;
  let expiresIn = 900;
  beforeEach(async () => {
    expiresIn = 900;
    door = await startDoor(() => expiresIn);
    const stateDir = mkdtempSync(join(tmpdir(), "luna-operator-"));
    settings = { ...readSettings({}, "/mesh"), port: door.port, stateDir };
  });
  afterEach(async () => {
    await new Promise((done) => {
      door.server.close(done);
    });
    rmSync(settings.stateDir, { recursive: true, force: true });
  });

  const ada = { ADMIN_EMAILS: "ada@example.com, bob@example.com", LUNA_PASSWORD: "correct" };
  const token = (env: NodeJS.ProcessEnv) => operatorOf(env, settings).accessToken();

  it("with a token needs no password and no door", async () => {
    expect(await token({ LUNA_TOKEN: "given" })).toBe("given");
    expect(operatorOf({ LUNA_API: "https://api.example.com/" }, settings).api).toBe(
      "https://api.example.com",
    );
    expect(door.signIns()).toBe(0);
  });

  it("signs in once for many commands, and again when the token is about to end", async () => {
    expect([await token(ada), await token(ada)]).toEqual(["token-1", "token-1"]);
    expiresIn = 30;
    rmSync(join(settings.stateDir, "operator.json"));
    expect([await token(ada), await token(ada)]).toEqual(["token-2", "token-3"]);
  });

  it("keeps the token where only its owner reads it", async () => {
    await token(ada);
    expect(statSync(join(settings.stateDir, "operator.json")).mode & 0o077).toBe(0);
  });

  it.each([
    [{}, "Set LUNA_TOKEN"],
    [{ ADMIN_EMAILS: "ada@example.com" }, "Set LUNA_TOKEN"],
    [{ ...ada, LUNA_PASSWORD: "wrong" }, "ada@example.com cannot sign in"],
    [{ ...ada, LUNA_API: "http://127.0.0.1:1" }, "Nothing answers at http://127.0.0.1:1"],
  ])("with %o is told in one line what to do", async (env, message) => {
    await expect(token(env)).rejects.toThrow(message);
  });
});

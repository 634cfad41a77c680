import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startMesh, type Mesh } from "./mesh.ts";
import { eventually, PASSWORD, post } from "./people.ts";

interface Line {
  level: string;
  message: string;
  time: string;
  service: string;
  requestId?: string;
  traceId?: string;
}

describe("the logs of one request", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await startMesh();
  });
  afterAll(() => mesh.close());

  const lines = (): Line[] =>
    mesh.server
      .getLogs()
      .filter(({ message }) => message.startsWith("{"))
      .map(({ message }) => JSON.parse(message) as Line);

  it("carry one request id and one trace id from the door to the delivered mail", async () => {
    const requestId = "journey-0001";
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await mesh.fetch(
      "/v1/auth/sign-up",
      post(
        { email: "ada@example.com", password: PASSWORD },
        { "x-request-id": requestId, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      ),
    );
    const seen = await eventually("the mailer's line about the sent mail", async () => {
      const mine = lines().filter((line) => line.requestId === requestId);
      const services = new Set(mine.map(({ service }) => service));
      return services.has("mailer") && mine.some(({ message }) => /sent/.test(message)) && mine;
    });
    expect(new Set(seen.map(({ service }) => service))).toEqual(
      new Set(["gateway", "auth", "mailer"]),
    );
    expect(new Set(seen.map((line) => line.traceId))).toEqual(new Set([traceId]));
  });

  it("are JSON lines without the password, the token or the address", async () => {
    const all = mesh.server.getLogs().map(({ message }) => message);
    for (const { level, message, time, service } of lines()) {
      expect([level, message, time, service].every((part) => typeof part === "string")).toBe(true);
    }
    expect(all.join("\n")).not.toContain(PASSWORD);
    expect(all.join("\n")).not.toMatch(/token=[\w-]{20}/);
    expect(all.join("\n")).not.toContain("ada@example.com");
  });
});

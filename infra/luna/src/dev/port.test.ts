import { createServer } from "node:net";
import { once } from "node:events";

import { expect, it } from "vitest";

import type { Settings } from "../settings.ts";
import { checkPorts, freePort } from "./port.ts";

const settings = async (): Promise<Settings> => ({
  port: await freePort(),
  mailPort: await freePort(),
  lemonPort: await freePort(),
  stateDir: "",
  rateLimitScale: 1,
  lemonTimeScale: 1,
});

it("accepts free ports", async () => {
  await expect(checkPorts(await settings())).resolves.toBeUndefined();
});

it("gives nobody's port, and none twice", async () => {
  const first = await freePort();
  const stranger = createServer().listen(first + 1, "127.0.0.1");
  await once(stranger, "listening");
  const more = [await freePort(), await freePort()];
  stranger.close();
  expect(new Set([first, first + 1, ...more]).size).toBe(4);
});

it.each(["127.0.0.1", "::1", "0.0.0.0"])(
  "names the taken port and its variable when %s has it",
  async (host) => {
    const wanted = await settings();
    const stranger = createServer().listen(wanted.mailPort, host);
    await once(stranger, "listening");
    await expect(checkPorts(wanted)).rejects.toThrow(
      `Port ${wanted.mailPort} is in use by another program: set MAIL_PORT to a free port`,
    );
    stranger.close();
  },
);

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

import { Complaint, type Settings } from "../settings.ts";

/** Both loopback addresses: `localhost` may mean either, and a stranger on one would get our calls. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;

const taken = (port: number, host: string): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => done(error.code === "EADDRINUSE"));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(false)));
  });

/** Throws one `Complaint` that names the first taken port and the variable that changes it. */
export const checkPorts = async (settings: Settings): Promise<void> => {
  const wanted = [
    ["PORT", settings.port],
    ["MAIL_PORT", settings.mailPort],
    ["LEMON_PORT", settings.lemonPort],
  ] as const;
  for (const [variable, port] of wanted)
    for (const host of LOOPBACK)
      if (await taken(port, host))
        throw new Complaint(
          `Port ${port} is in use by another program: set ${variable} to a free port, such as ${variable}=${port + 1000}.`,
        );
};

/**
 * Below the ports that systems give to whoever asks for any (from 32768 on Linux, 49152 elsewhere):
 * what nobody listens on here is still free when its user has started.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
/** Begins anywhere, so that two programs do not walk side by side, and gives none twice. */
let next = randomInt(LOWEST, HIGHEST);

/** A port nobody listens on. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = next;
    next = next === HIGHEST ? LOWEST : next + 1;
    const hosts = await Promise.all(LOOPBACK.map((host) => taken(port, host)));
    if (!hosts.includes(true)) return port;
  }
};

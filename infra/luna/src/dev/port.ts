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

/** A port nobody listens on, chosen by the system. */
export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });

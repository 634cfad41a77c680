import { TextSecret } from "@luna/shared/env";
import { connect as connectTcp } from "cloudflare:sockets";
import * as v from "valibot";

import { cloudflareTransport } from "./cloudflare-transport.ts";
import type { Config, Env } from "./env.ts";
import { failure } from "./outcome.ts";
import { sendGridTransport } from "./sendgrid-transport.ts";
import type { Connect } from "./smtp-session.ts";
import { smtpTransport } from "./smtp-transport.ts";
import { parseSmtpUrl } from "./smtp-url.ts";
import type { SmtpSocket } from "./smtp-wire.ts";
import type { Transport, TransportName } from "./transport.ts";

const SECURE = { implicit: "on", required: "starttls", none: "off" } as const;

/** Whoever reads or writes hears of a broken socket; these promises tell nobody anything new. */
const quiet = (socket: Socket): SmtpSocket => {
  const ignore = (): void => {};
  socket.opened.catch(ignore);
  socket.closed.catch(ignore);
  return {
    readable: socket.readable,
    writable: socket.writable,
    startTls: () => quiet(socket.startTls()),
    close: () => socket.close(),
  };
};

/** Production refuses port 25 and private addresses; a laptop allows 127.0.0.1. */
const connect: Connect = ({ host, port, tls }) =>
  quiet(
    connectTcp({ hostname: host, port }, { secureTransport: SECURE[tls], allowHalfOpen: false }),
  );

/** Mail waits, unharmed, until the variable is set. */
const misconfigured = (name: TransportName, variable: string): Transport => ({
  name,
  send: () => Promise.resolve(failure("provider", "misconfigured", `${variable} does not fit.`)),
  close: () => Promise.resolve(),
});

/** A lane of its own through the transport of this name. */
export const openTransport = (
  name: TransportName,
  env: Env,
  config: Config,
  clock: () => number,
): Transport => {
  switch (name) {
    case "smtp": {
      const target = parseSmtpUrl(config.SMTP_URL);
      return target === null ? misconfigured("smtp", "SMTP_URL") : smtpTransport(target, connect);
    }
    case "sendgrid":
      return v.is(TextSecret, config.SENDGRID_API_KEY)
        ? sendGridTransport({
            apiUrl: config.SENDGRID_API_URL,
            apiKey: config.SENDGRID_API_KEY,
            fetch: (input, init) => fetch(input, init),
            clock,
          })
        : misconfigured("sendgrid", "SENDGRID_API_KEY");
    case "cloudflare":
      return cloudflareTransport(env.EMAIL);
    default:
      return name satisfies never;
  }
};

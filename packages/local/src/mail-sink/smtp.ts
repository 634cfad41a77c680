import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";

import type { FaultSwitch } from "../fault.ts";
import type { Mailbox } from "./mailbox.ts";
import { parseMessage } from "./message.ts";

/**
 * `refuse` hangs up at connect. `421` is the greeting, `550` and `unknown-user` (550 5.1.1) the answer
 * to a recipient, `451` the answer to the mail. `slow` answers late. `cut-before-250` drops the mail and hangs up where the
 * 250 belongs; `cut-after-250` keeps it, says 250 and hangs up. To a client whose connection breaks
 * around the 250 both look alike, which is the case worth testing.
 */
export const SMTP_FAULTS = [
  "none",
  "refuse",
  "421",
  "451",
  "550",
  "unknown-user",
  "slow",
  "cut-before-250",
  "cut-after-250",
] as const;
export type SmtpFault = (typeof SMTP_FAULTS)[number];

/** What providers accept in one mail; RFC 1870 announces it. */
const MAX_MAIL_BYTES = 25 * 1024 * 1024;

export interface SmtpOptions {
  mailbox: Mailbox;
  faults: FaultSwitch<SmtpFault>;
  /** How late `slow` answers, in milliseconds. */
  slowMs: number;
}

export interface Smtp {
  server: Server;
  close(): Promise<void>;
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });

const readAll = async (stream: SMTPServerDataStream): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The envelope once DATA has begun. A null sender is the empty string. */
const envelopeOf = ({ envelope }: SMTPServerSession): { from: string; to: string[] } => ({
  from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
  to: envelope.rcptTo.map(({ address }) => address),
});

/** An SMTP server without AUTH or TLS that keeps every mail and misbehaves on request. */
export const smtpServer = ({ mailbox, faults, slowMs }: SmtpOptions): Smtp => {
  const sockets = new Map<number, Socket>();
  const hangUp = (session: SMTPServerSession): void => {
    sockets.get(session.remotePort)?.destroy();
  };

  /** The text of the 250, or the reply that refuses the mail. `null` when the line was cut. */
  const receive = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
  ): Promise<string | Error | null> => {
    const raw = await readAll(stream);
    if (stream.sizeExceeded) return refusal(552, `A mail may have ${MAX_MAIL_BYTES} bytes`);
    if (faults.strikes("451")) return refusal(451, "Try again later");
    if (faults.strikes("cut-before-250")) {
      hangUp(session);
      return null;
    }
    const { id } = await mailbox.store(await parseMessage(raw, envelopeOf(session)));
    if (faults.strikes("slow")) await sleep(slowMs);
    return `OK: kept as ${id}`;
  };

  const answer = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    reply: (error: Error | null, text?: string) => void,
  ): Promise<void> => {
    const cutAfter = faults.strikes("cut-after-250");
    const outcome = await receive(stream, session).catch(() =>
      refusal(452, "The mail could not be kept"),
    );
    if (outcome === null) return;
    if (outcome instanceof Error) reply(outcome);
    else reply(null, outcome);
    if (cutAfter) hangUp(session);
  };

  const protocol = new SMTPServer({
    name: "mail.localhost",
    banner: "Luna mail sink",
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    size: MAX_MAIL_BYTES,
    onConnect: (_session, callback) =>
      callback(faults.strikes("421") ? refusal(421, "Service not available") : null),
    onRcptTo: (_address, _session, callback) => {
      if (faults.strikes("unknown-user")) callback(refusal(550, "5.1.1 No such mailbox"));
      else callback(faults.strikes("550") ? refusal(550, "No such mailbox") : null);
    },
    onData: (stream, session, callback) => {
      void answer(stream, session, callback);
    },
  });
  // A client that goes away in mid-sentence is its own affair.
  protocol.on("error", () => {});

  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (faults.strikes("refuse")) {
      socket.resetAndDestroy();
      return;
    }
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once("close", () => sockets.delete(port));
    protocol.connect(socket);
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
};

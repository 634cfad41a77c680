import { faultSwitch } from "../fault.ts";
import { listen, serve } from "../http-server.ts";
import { problem } from "../json-reply.ts";
import { type Delivery, openMailbox } from "./mailbox.ts";
import type { Message } from "./message.ts";
import type { Previews } from "./preview-routes.ts";
import { sinkRoutes } from "./routes.ts";
import { type SmtpFault, smtpServer } from "./smtp.ts";

export type { Delivery } from "./mailbox.ts";
export type { Message } from "./message.ts";

/** The longest body this server takes is a fault. */
const MAX_BODY_BYTES = 4_096;

/** Long enough to be noticed and for most client timeouts, short enough to wait for in a test. */
const SLOW_MS = 5_000;

export interface MailSinkOptions {
  /** The web page and JSON; 0 takes a free port. */
  httpPort: number;
  /** 0 takes a free port. */
  smtpPort: number;
  /** JSON lines, one mail each; created if missing. */
  file: string;
  /** What `/templates/` shows. */
  previews?: Previews;
  /** How late the fault `slow` answers, in milliseconds. */
  slowMs?: number;
}

export interface MailSink {
  httpPort: number;
  smtpPort: number;
  /** Puts in a mail that came by another way than SMTP. Resolves when it is on disk. */
  deliver(mail: Delivery): Promise<Message>;
  close(): Promise<void>;
}

/**
 * Starts the mail sink on 127.0.0.1. Rejects with a one-line message naming the port if one is
 * taken; then nothing is left running.
 */
export const startMailSink = async (options: MailSinkOptions): Promise<MailSink> => {
  const faults = faultSwitch<SmtpFault>("none");
  const smtpRoom = { faults, slowMs: options.slowMs ?? SLOW_MS };
  const mailbox = await openMailbox(options.file);
  const smtp = smtpServer({ mailbox, ...smtpRoom });
  try {
    const smtpPort = await listen(smtp.server, options.smtpPort, "mail sink (SMTP)");
    const http = await serve({
      port: options.httpPort,
      name: "mail sink",
      routes: sinkRoutes(mailbox, faults, options.previews ?? (() => Promise.resolve(new Map()))),
      renderFailure: problem,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    const close = async (): Promise<void> => {
      await Promise.all([http.close(), smtp.close()]);
      await mailbox.close();
    };
    return { httpPort: http.port, smtpPort, deliver: (mail) => mailbox.store(mail), close };
  } catch (error) {
    await smtp.close();
    await mailbox.close();
    throw error;
  }
};

import { toBase64Url, utf8 } from "@luna/shared/bytes";

import type { SmtpStage } from "./classify-failure.ts";
import type { SmtpTarget } from "./smtp-url.ts";
import { openWire, type SmtpReply, type SmtpSocket, WireFailure } from "./smtp-wire.ts";

/** Opens a TCP connection; `implicit` speaks TLS at once. */
export type Connect = (target: SmtpTarget) => SmtpSocket;

/** The server said no. */
export class Refusal extends Error {
  readonly reply: SmtpReply;
  constructor(reply: SmtpReply) {
    super(`${reply.code} ${reply.lines.join(" ")}`);
    this.reply = reply;
  }
}

/** The server cannot do what our configuration demands. */
export class Unfit extends Error {}

const base64 = (text: string): string => {
  const unpadded = toBase64Url(utf8(text)).replaceAll("-", "+").replaceAll("_", "/");
  return unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, "=");
};

/** RFC 5321 §4.5.2: a line that begins with a dot gets another one. */
const stuffed = (data: string): string => data.replaceAll(/^\./gm, "..");

export interface Envelope {
  from: string;
  to: string;
  /** CRLF line ends, CRLF at the end. */
  data: string;
}

/**
 * One dialogue with one server, RFC 5321. Every step throws `Refusal`, `Unfit` or `WireFailure`;
 * `stage` then tells how far it came. What is sent has been validated: nothing is escaped here.
 */
export const createSession = (target: SmtpTarget, connect: Connect, hello: string) => {
  let stage: SmtpStage = "connect";
  let socket = connect(target);
  let wire = openWire(socket);
  let pipelining = false;
  /** The server waits for a mail that we will not send it. */
  let awaited = false;

  const expect = async (code: number): Promise<SmtpReply> => {
    const reply = await wire.read();
    if (Math.floor(reply.code / 100) !== Math.floor(code / 100)) throw new Refusal(reply);
    return reply;
  };
  const say = async (lines: readonly string[]): Promise<void> => {
    if (lines.some((line) => /[\r\n\0]/.test(line))) throw new WireFailure("a command is one line");
    await wire.write(lines.map((line) => `${line}\r\n`).join(""));
  };
  const command = async (line: string, code: number): Promise<SmtpReply> => {
    await say([line]);
    return expect(code);
  };
  const ehlo = async (): Promise<readonly string[]> => {
    stage = "hello";
    return (await command(`EHLO ${hello}`, 250)).lines.slice(1).map((line) => line.toUpperCase());
  };

  const startTls = async (): Promise<void> => {
    stage = "tls";
    await command("STARTTLS", 220);
    if (!wire.release()) throw new WireFailure("text injected before TLS");
    socket = socket.startTls();
    wire = openWire(socket);
  };

  const logIn = async (user: string, password: string, extensions: readonly string[]) => {
    stage = "auth";
    const methods = extensions.find((line) => /^AUTH[ =]/.test(line))?.split(/[ =]/) ?? [];
    if (!methods.includes("PLAIN")) throw new Unfit("the server offers no AUTH PLAIN");
    const secret = base64(`\0${user}\0${password}`);
    try {
      await command(`AUTH PLAIN ${secret}`, 235);
    } catch (error) {
      // Some servers repeat what they refuse, and operators read what they say.
      if (!(error instanceof Refusal)) throw error;
      const { code, lines } = error.reply;
      throw new Refusal({ code, lines: lines.map((line) => line.replaceAll(secret, "…")) });
    }
  };

  /** The three commands before a mail, in one packet where the server allows it (RFC 2920). */
  const announce = async (sender: string, recipient: string): Promise<void> => {
    const steps = [
      ["sender", sender, 250],
      ["recipient", recipient, 250],
      ["data", "DATA", 354],
    ] as const;
    if (pipelining) await say(steps.map(([, line]) => line));
    let refused: Refusal | null = null;
    for (const [at, line, code] of steps) {
      if (refused === null) stage = at;
      try {
        if (!pipelining) await say([line]);
        await expect(code);
        // It would take what we send next for the mail, though it has refused it.
        if (refused !== null && at === "data") awaited = true;
      } catch (error) {
        // Whoever refuses and hangs up has refused.
        if (!(error instanceof Refusal)) throw refused ?? error;
        refused ??= error;
        // Sent with the others, the rest is answered too.
        if (!pipelining) break;
      }
    }
    if (refused !== null) throw refused;
  };

  const drop = async (): Promise<void> => {
    try {
      await socket.close();
    } catch {
      // A socket that failed to open or was reset has nothing left to close.
    }
  };

  return {
    stage: (): SmtpStage => stage,

    /** Greeting to log-in. */
    open: async (): Promise<void> => {
      stage = "greeting";
      await expect(220);
      let extensions = await ehlo();
      if (target.tls === "required") {
        if (!extensions.includes("STARTTLS")) throw new Unfit("the server offers no STARTTLS");
        await startTls();
        extensions = await ehlo();
      }
      if (target.credentials !== null)
        await logIn(target.credentials.user, target.credentials.password, extensions);
      pipelining = extensions.includes("PIPELINING");
    },

    /** Hands over one mail and returns what the server calls it. */
    send: async ({ from, to, data }: Envelope): Promise<SmtpReply> => {
      await announce(`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`);
      await wire.write(stuffed(data));
      // From here on the server may have the mail, whether or not we hear of it.
      stage = "dot";
      await wire.write(".\r\n");
      return expect(250);
    },

    /** Forgets a refused mail, so that the connection can serve the next one. */
    reset: async (): Promise<void> => {
      if (awaited) throw new WireFailure("the server is out of step");
      await command("RSET", 250);
    },

    /** Says goodbye without waiting for the answer. */
    quit: async (): Promise<void> => {
      try {
        await wire.write("QUIT\r\n");
      } catch {
        // Whoever has gone needs no goodbye.
      }
      await drop();
    },

    drop,
  };
};
export type Session = ReturnType<typeof createSession>;

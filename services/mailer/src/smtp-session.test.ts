import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";

import { message } from "./message.fixture.ts";
import { smtpTransport } from "./smtp-transport.ts";
import type { SmtpTarget } from "./smtp-url.ts";
import { nodeConnect } from "./wire.fixture.ts";

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

const targetAt = (port: number, more: Partial<SmtpTarget> = {}): SmtpTarget => ({
  host: "127.0.0.1",
  port,
  tls: "none",
  credentials: null,
  ...more,
});

/** The server most Node programs use, with its own certificate. */
const realServer = async (options: SMTPServerOptions) => {
  const mails: { raw: string; user: string }[] = [];
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    ...options,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push({ raw: Buffer.concat(chunks).toString(), user: String(session.user) });
        callback(null, "kept");
      });
    },
    onAuth: ({ username, password }, _session, callback) =>
      password === "right" ? callback(null, { user: username }) : callback(new Error("wrong")),
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.server.address();
  cleanUp.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { mails, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
};

describe("a real server", () => {
  it("gets the message as composed, dots restored", async () => {
    const { mails, port } = await realServer({ authOptional: true, disabledCommands: ["AUTH"] });
    const transport = smtpTransport(targetAt(port), nodeConnect);
    await expect(transport.send(message)).resolves.toMatchObject({
      class: "sent",
      code: "smtp_250",
    });
    await transport.close();
    expect(mails[0]?.raw).toContain("\r\nHi\r\n.\r\n..dots\r\nGr=C3=BC=C3=9Fe\r\n");
  });

  it("is logged in to, after STARTTLS", async () => {
    const { mails, port } = await realServer({});
    const credentials = { user: "luna", password: "right" };
    const transport = smtpTransport(targetAt(port, { tls: "required", credentials }), nodeConnect);
    await expect(transport.send(message)).resolves.toMatchObject({ class: "sent" });
    await transport.close();
    expect(mails[0]?.user).toBe("luna");
  });

  it("is spoken to in TLS from the first byte", async () => {
    const { mails, port } = await realServer({ secure: true, authOptional: true });
    const transport = smtpTransport(targetAt(port, { tls: "implicit" }), nodeConnect);
    await transport.send(message);
    await transport.close();
    expect(mails).toHaveLength(1);
  });

  it("refuses wrong credentials, which blames the provider and not the mail", async () => {
    const { port } = await realServer({});
    const credentials = { user: "luna", password: "wrong" };
    const transport = smtpTransport(targetAt(port, { tls: "required", credentials }), nodeConnect);
    await expect(transport.send(message)).resolves.toMatchObject({
      class: "provider",
      code: "smtp_535",
    });
  });
});

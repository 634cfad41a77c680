import { afterEach, describe, expect, it } from "vitest";

import { message } from "./message.fixture.ts";
import { smtpTransport } from "./smtp-transport.ts";
import type { SmtpTarget } from "./smtp-url.ts";
import { type Answer, nodeConnect, scriptedServer } from "./wire.fixture.ts";

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

/**
 * How long a silent server is waited for, greeting and all that comes before its silence included.
 * Whoever speaks has the time of a real deadline.
 */
const SILENCE_MS = 2_000;

/** A polite server that says `250` to whatever `answer` has no opinion about. */
const scripted = async (answer: Answer, greeting = "250 fine\r\n", deadlineMs?: number) => {
  let inData = false;
  const server = await scriptedServer((line, connection) => {
    const own = answer(inData && line !== "." ? "(data)" : line, connection);
    if (inData && line !== ".") return own;
    inData = line === "DATA" && own === undefined;
    if (own !== undefined) return own;
    if (line === "connect") return "220 hello\r\n";
    if (line.startsWith("EHLO")) return greeting;
    return line === "DATA" ? "354 go on\r\n" : "250 fine\r\n";
  });
  const transport = smtpTransport(targetAt(server.port), nodeConnect, deadlineMs);
  cleanUp.push(() => transport.close(), server.close);
  return { server, transport };
};

describe("one connection", () => {
  it("carries many mails and is greeted once", async () => {
    const { server, transport } = await scripted(() => undefined);
    await transport.send(message);
    await transport.send(message);
    await transport.send(message);
    expect(server.connections()).toBe(1);
    expect(server.lines.filter((line) => line.startsWith("MAIL FROM"))).toHaveLength(3);
  });

  it("goes on after a refused recipient", async () => {
    let refusals = 0;
    const { server, transport } = await scripted((line) =>
      line.startsWith("RCPT") && (refusals += 1) === 1 ? "550 5.1.1 no such user\r\n" : undefined,
    );
    await expect(transport.send(message)).resolves.toMatchObject({ class: "permanent" });
    await expect(transport.send(message)).resolves.toMatchObject({ class: "sent" });
    expect(server.lines).toContain("RSET");
    expect(server.connections()).toBe(1);
  });

  it("is replaced when the server closed it between two mails", async () => {
    let mails = 0;
    const { server, transport } = await scripted((line) =>
      line.startsWith("MAIL") && (mails += 1) === 2 ? null : undefined,
    );
    await transport.send(message);
    await expect(transport.send(message)).resolves.toMatchObject({ class: "sent" });
    expect(server.connections()).toBe(2);
  });
});

describe("a server that takes commands at once", () => {
  const PIPELINING = "250-hello\r\n250 PIPELINING\r\n";
  /** Keeps silent until `DATA` has come, then answers everything. */
  const patient = (refusal: string | null, data: string) => {
    const heard: string[] = [];
    return scripted((line) => {
      if (!/^(?:MAIL|RCPT|DATA)/.test(line)) return undefined;
      heard.push(line);
      if (line !== "DATA") return "";
      const recipient = refusal ?? "250 ok\r\n";
      return `250 ok\r\n${recipient}${data}`;
    }, PIPELINING);
  };

  it("gets them in one go", async () => {
    const { transport } = await patient(null, "354 go on\r\n");
    await expect(transport.send(message)).resolves.toMatchObject({ class: "sent" });
  });

  it("may refuse the recipient, and serves the next mail", async () => {
    const { server, transport } = await patient("550 nobody\r\n", "503 no recipient\r\n");
    const refused = { class: "permanent", code: "smtp_550" };
    await expect(transport.send(message)).resolves.toMatchObject(refused);
    await expect(transport.send(message)).resolves.toMatchObject(refused);
    expect(server.connections()).toBe(1);
  });

  it("is left when it waits for a mail it has refused", async () => {
    const { server, transport } = await patient("550 nobody\r\n", "354 go on\r\n");
    await transport.send(message);
    await transport.send(message);
    expect(server.connections()).toBe(2);
    expect(server.lines.some((line) => line.startsWith("Subject:"))).toBe(false);
  });
});

describe("trouble", () => {
  it.each([
    ["a greeting of 421", "connect", "421 busy\r\n", "transient", "smtp_421"],
    ["a greeting of 554", "connect", "554 go away\r\n", "provider", "smtp_554"],
    ["a refused sender", "MAIL", "550 not you\r\n", "provider", "smtp_550"],
    ["a refused recipient", "RCPT", "550 nobody\r\n", "permanent", "smtp_550"],
    ["a greylisted recipient", "RCPT", "451 later\r\n", "transient", "smtp_451"],
    ["a refused mail", ".", "554 spam\r\n", "permanent", "smtp_554"],
    ["nonsense", "EHLO", "HTTP/1.1 400\r\n", "transient", "smtp_cut_hello"],
    ["a hang-up at connect", "connect", null, "transient", "smtp_cut_greeting"],
    ["a hang-up before the mail", "DATA", null, "transient", "smtp_cut_data"],
    ["a hang-up for an answer", ".", null, "ambiguous", "smtp_cut_dot"],
    ["neither yes nor no for an answer", ".", "354 go on\r\n", "ambiguous", "smtp_354"],
    ["silence for an answer", ".", "", "ambiguous", "smtp_cut_dot"],
    ["silence at connect", "connect", "", "transient", "smtp_cut_greeting"],
  ])("makes of %s what it is", async (_name, at, answer, expectedClass, code) => {
    const deadline = answer === "" ? SILENCE_MS : undefined;
    const own: Answer = (line) => (line.startsWith(at) ? answer : undefined);
    const { transport } = await scripted(own, undefined, deadline);
    await expect(transport.send(message)).resolves.toMatchObject({ class: expectedClass, code });
  });

  it("is a closed port", async () => {
    const server = await scriptedServer(() => undefined);
    await server.close();
    const transport = smtpTransport(targetAt(server.port), nodeConnect);
    await expect(transport.send(message)).resolves.toMatchObject({ class: "transient" });
  });

  it("is a server without STARTTLS where TLS is required: nothing is sent in the clear", async () => {
    const server = await scriptedServer((line) =>
      line === "connect" ? "220 hello\r\n" : "250 fine\r\n",
    );
    cleanUp.push(server.close);
    const target = targetAt(server.port, {
      tls: "required",
      credentials: { user: "u", password: "p" },
    });
    await expect(smtpTransport(target, nodeConnect).send(message)).resolves.toMatchObject({
      class: "provider",
      code: "smtp_unfit",
    });
    expect(server.lines).toEqual(["EHLO luna.example.com"]);
  });

  it("is a server that repeats the password it refuses: nobody gets to read it", async () => {
    const server = await scriptedServer((line) => {
      if (line === "connect") return "220 hello\r\n";
      return line.startsWith("EHLO") ? "250-hi\r\n250 AUTH PLAIN\r\n" : `535 no: ${line}\r\n`;
    });
    cleanUp.push(server.close);
    const target = targetAt(server.port, {
      credentials: { user: "u", password: "pass-0123456789" },
    });
    const outcome = await smtpTransport(target, nodeConnect, 300).send(message);
    expect(outcome).toMatchObject({ class: "provider", detail: "535 no: AUTH PLAIN …" });
  });

  it("is text slipped in before TLS", async () => {
    const server = await scriptedServer((line) => {
      if (line === "connect") return "220 hello\r\n";
      return line === "STARTTLS" ? "220 go\r\n250 injected\r\n" : "250-hi\r\n250 STARTTLS\r\n";
    });
    cleanUp.push(server.close);
    const target = targetAt(server.port, { tls: "required" });
    await expect(smtpTransport(target, nodeConnect).send(message)).resolves.toMatchObject({
      class: "transient",
      code: "smtp_cut_tls",
    });
  });
});

describe("before any connection", () => {
  it.each([
    ["a line break in the recipient", { to: "ada@example.com>\r\nRCPT TO:<eve@example.com" }],
    ["a second recipient", { to: "ada@example.com,eve@example.com" }],
    ["a line break in the subject", { subject: "Hi\r\nBcc: eve@example.com" }],
    ["a NUL in the subject", { subject: "Hi\0" }],
    [
      "a line break in the sender's name",
      { from: { name: "L\nBcc: e@x.org", address: "a@b.org" } },
    ],
    ["a line break in the mail id", { mailId: "x>\r\nBcc: eve@example.com" }],
  ])("refuses %s", async (_name, bad) => {
    const { server, transport } = await scripted(() => undefined);
    await expect(transport.send({ ...message, ...bad })).resolves.toMatchObject({
      class: "permanent",
      code: "invalid_message",
    });
    expect(server.connections()).toBe(0);
  });
});

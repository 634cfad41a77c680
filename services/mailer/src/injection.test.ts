import { connect } from "node:net";

import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { parseAddress } from "./address.ts";
import { message } from "./message.fixture.ts";
import type { Message } from "./message.ts";
import { smtpTransport } from "./smtp-transport.ts";
import type { Transport } from "./transport.ts";
import { nodeConnect } from "./wire.fixture.ts";

/** Whatever reaches this address was smuggled. */
const STRANGER = "eve@attacker.example";
const BREAKS = ["\r\n", "\n", "\r", "\0", "\u2028", "\u2029", "\u0085", "\v", "\r\n ", "%0d%0a"];
const TEXTS = [
  ...BREAKS.flatMap((line) => [
    `x${line}Bcc: ${STRANGER}`,
    `x${line}${line}a body of my own`,
    `x${line}.${line}MAIL FROM:<a@b.org>${line}RCPT TO:<${STRANGER}>${line}DATA${line}no`,
  ]),
  "=?UTF-8?Q?x=0D=0ABcc:_eve=40attacker.example?=",
  `=?UTF-8?B?${btoa(`x\r\nBcc: ${STRANGER}`)}?=`,
  "x".repeat(998),
  `${"x".repeat(997)}\r\nBcc: ${STRANGER}`,
  "ü".repeat(998),
  ".",
  "",
];
const ADDRESSES = [
  ...BREAKS.flatMap((line) => [
    `ada@example.com${line}RCPT TO:<${STRANGER}>`,
    `ada@example.com>${line}RCPT TO:<${STRANGER}`,
    `ada${line}@example.com`,
  ]),
  `"ada> RCPT TO:<${STRANGER}"@example.com`,
  `ada@example.com> RCPT TO:<${STRANGER}`,
  `friends: ada@example.com, ${STRANGER};`,
  `ada@example.com, ${STRANGER}`,
  `ada@example.com (${STRANGER})`,
  `=?UTF-8?Q?eve=40attacker.example?= <ada@example.com>`,
  "ada@bücher.example",
  `${"a".repeat(64)}@example.com`,
  `${"a".repeat(65)}@example.com`,
  `ada@${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.com`,
];

const PLAIN = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true };

interface Arrival {
  to: string[];
  raw: Buffer;
}
let server: SMTPServer;
let port: number;
/** One connection for the whole corpus: whatever slips through would also put it out of step. */
let transport: Transport;
let arrivals: Arrival[];
let refusals: number;

beforeAll(async () => {
  server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, callback) => callback(),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        arrivals.push({ to, raw: Buffer.concat(chunks) });
        callback(null, "kept");
      });
    },
  });
  server.on("error", () => {
    refusals += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
  transport = smtpTransport(
    { host: "127.0.0.1", port, tls: "none", credentials: null },
    nodeConnect,
  );
});
afterAll(async () => {
  await transport.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
});
beforeEach(() => {
  arrivals = [];
  refusals = 0;
});

const HEADERS = [
  "auto-submitted",
  "content-type",
  "date",
  "from",
  "message-id",
  "mime-version",
  "reply-to",
  "subject",
  "to",
  "x-mail-id",
];

/** What an arrival has beyond one mail of ours to its one reader. */
const smuggled = async (intended: string | null): Promise<string[]> => {
  const found: string[] = [];
  for (const { to, raw } of arrivals) {
    const { headerLines, text } = await simpleParser(raw, PLAIN);
    // The server shows a domain in its own script.
    found.push(...to.filter((address) => parseAddress(address) !== intended));
    found.push(...headerLines.map(({ key }) => key).filter((name) => !HEADERS.includes(name)));
    if (text?.includes("a body of my own") === true) found.push("body");
  }
  return found;
};

const sendOurs = (more: Partial<Message>) =>
  transport.send({ ...message, text: "Hello.", html: "<p>Hello.</p>", ...more });

/** Pastes what it is given into commands and headers, as many clients do. */
const sendNaively = (to: string, subject: string): Promise<void> =>
  new Promise((resolve) => {
    const head = HEADERS.filter((name) => !["to", "subject"].includes(name)).map(
      (name) => `${name}: <a@b.org>`,
    );
    const dialogue = [
      "EHLO naive.example",
      "MAIL FROM:<no-reply@naive.example>",
      `RCPT TO:<${to}>`,
      "DATA",
      [...head, `to: <${to}>`, `subject: ${subject}`, "", "Hello.", "."].join("\r\n"),
      "QUIT",
    ];
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    // One line for each answer, whatever it says; a refused DATA must not leave it talking.
    socket.on("data", (chunk) => {
      const next = dialogue.shift();
      if (next === undefined || /^5/m.test(chunk.toString())) socket.end("QUIT\r\n");
      else socket.write(`${next}\r\n`);
    });
  });

describe("nothing is smuggled", () => {
  it.each(TEXTS)("in the subject %j", async (subject) => {
    await sendOurs({ subject });
    expect(await smuggled(message.to)).toEqual([]);
    expect(arrivals.length).toBeLessThanOrEqual(1);
  });

  it.each(TEXTS)("in the sender's name %j", async (name) => {
    await sendOurs({ from: { name, address: "no-reply@luna.example.com" } });
    expect(await smuggled(message.to)).toEqual([]);
    expect(arrivals.length).toBeLessThanOrEqual(1);
  });

  it.each(TEXTS)("in the text %j", async (text) => {
    await sendOurs({ text: text.replace("a body of my own", "") });
    expect(await smuggled(message.to)).toEqual([]);
    expect(arrivals).toHaveLength(1);
  });

  it.each(ADDRESSES)("in the recipient %j", async (to) => {
    await sendOurs({ to: parseAddress(to) ?? to });
    expect(await smuggled(parseAddress(to))).toEqual([]);
    expect(refusals).toBe(0);
  });
});

it("is a judgement that catches a client which pastes", async () => {
  const caught = { headers: 0, recipients: 0 };
  for (const subject of TEXTS.slice(0, 3)) {
    arrivals = [];
    await sendNaively("ada@example.com", subject);
    caught.headers += (await smuggled("ada@example.com")).length;
  }
  for (const to of ADDRESSES.slice(0, 3)) {
    arrivals = [];
    await sendNaively(to, "Hello");
    caught.recipients += (await smuggled("ada@example.com")).length;
  }
  expect(caught.headers).toBeGreaterThan(0);
  expect(caught.recipients).toBeGreaterThan(0);
});

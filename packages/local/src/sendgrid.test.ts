import { createVerify, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Delivery } from "./mail-sink/mailbox.ts";
import { type SendGrid, startSendGrid } from "./sendgrid.ts";

const MAIL = {
  personalizations: [{ to: [{ email: "ada@luna.test" }], headers: { "X-Mail-Id": "m1" } }],
  from: { email: "no-reply@luna.test" },
  subject: "Hello",
  content: [
    { type: "text/plain", value: "plain" },
    { type: "text/html", value: "<p>html</p>" },
  ],
};

let server: SendGrid;
let mails: Delivery[];
const call = (path: string, body: unknown, key = "SG.key"): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
const send = (change: object = {}, key?: string) =>
  call("/v3/mail/send", { ...MAIL, ...change }, key);
const fault = (mode: string) => call("/emulator/faults", { mode, rate: 1 });

beforeEach(async () => {
  mails = [];
  server = await startSendGrid({ port: 0, apiKey: "SG.key", onMail: (mail) => mails.push(mail) });
});
afterEach(() => server.close());

describe("sendgrid's events", () => {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  interface Heard {
    events: Record<string, unknown>[];
    verified: boolean;
  }
  /** Refuses the first delivery, and hears every one. */
  const listen = async () => {
    const heard: Heard[] = [];
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        const header = (name: string): string =>
          String(request.headers[`x-twilio-email-event-webhook-${name}`]);
        const verified = createVerify("sha256")
          .update(header("timestamp"))
          .update(body)
          .verify(keys.publicKey, header("signature"), "base64");
        heard.push({ events: JSON.parse(body.toString()) as Heard["events"], verified });
        response.writeHead(heard.length === 1 ? 503 : 200).end();
      });
    });
    await new Promise<void>((resolve) => {
      receiver.listen(0, "127.0.0.1", resolve);
    });
    await server.close();
    server = await startSendGrid({
      port: 0,
      apiKey: "SG.key",
      onMail: (mail) => mails.push(mail),
      events: {
        url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
        privateKey: keys.privateKey,
      },
    });
    return { heard, close: () => receiver.close() };
  };

  it("are signed, carry what was sent along, and are repeated until they are taken", async () => {
    const { heard, close } = await listen();
    await call("/emulator/fate", { fate: "bounce" });
    await send({ custom_args: { mail_id: "m1" } });
    await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 20_000 });
    close();
    expect(heard[1]?.events).toEqual(heard[0]?.events);
    expect(heard.map(({ verified }) => verified)).toEqual([true, true]);
    expect(heard[0]?.events).toMatchObject([
      { event: "processed", email: "ada@luna.test", mail_id: "m1" },
      { event: "bounce", type: "bounce", mail_id: "m1" },
    ]);
  });

  it("know no fate that the provider does not", async () => {
    expect((await call("/emulator/fate", { fate: "heaven" })).status).toBe(422);
  });
});

describe("sendgrid", () => {
  it("accepts a mail with 202, no body and an X-Message-Id, and hands it on", async () => {
    const response = await send();
    expect([response.status, await response.text()]).toEqual([202, ""]);
    const id = response.headers.get("X-Message-Id");
    expect(mails).toEqual([
      {
        to: ["ada@luna.test"],
        from: "no-reply@luna.test",
        subject: "Hello",
        text: "plain",
        html: "<p>html</p>",
        headers: { "x-mail-id": "m1", "x-message-id": id },
      },
    ]);
  });

  it("answers 401 to another key", async () => {
    expect((await send({}, "SG.other")).status).toBe(401);
    expect(mails).toEqual([]);
  });

  it.each([
    ["no recipient", { personalizations: [] }, "personalizations"],
    [
      "a bad recipient",
      { personalizations: [{ to: [{ email: "x" }] }] },
      "personalizations.0.to.email",
    ],
    ["no sender", { from: undefined }, "from.email"],
    ["no subject", { subject: "" }, "subject"],
    ["no content", { content: [] }, "content.0.value"],
  ])("answers 400 to a mail with %s, naming the field", async (_what, change, field) => {
    const response = await send(change);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ errors: [expect.objectContaining({ field })] });
    expect(mails).toEqual([]);
  });

  it("answers 200 in the sandbox and hands nothing on", async () => {
    expect((await send({ mail_settings: { sandbox_mode: { enable: true } } })).status).toBe(200);
    expect(mails).toEqual([]);
  });

  it.each(["401", "403", "429", "500", "503"])("answers %s on request", async (mode) => {
    await fault(mode);
    expect(String((await send()).status)).toBe(mode);
    expect(mails).toEqual([]);
  });

  it("says when to come back with a 429", async () => {
    await fault("429");
    const { headers } = await send();
    expect(headers.get("X-RateLimit-Remaining")).toBe("0");
    expect(Number(headers.get("X-RateLimit-Reset"))).toBeGreaterThan(1_700_000_000);
  });

  it("hangs up before or after it accepted the mail", async () => {
    await fault("cut-before-202");
    await expect(send()).rejects.toThrow("fetch failed");
    expect(mails).toHaveLength(0);
    await fault("cut-after-accept");
    await expect(send()).rejects.toThrow("fetch failed");
    expect(mails).toHaveLength(1);
  });

  it("refuses a fault it does not know with 422", async () => {
    expect((await fault("boom")).status).toBe(422);
  });
});

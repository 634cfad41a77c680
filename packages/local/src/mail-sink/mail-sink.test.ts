import { readFile } from "node:fs/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder } from "../test-folder.ts";
import type { Message } from "./message.ts";
import { sendRaw } from "./test-smtp-client.ts";
import { type MailSink, startMailSink } from "./start.ts";

const RAW = [
  "From: Luna <no-reply@luna.test>",
  "To: Ada <ada@luna.test>",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
  "X-Mail-Id: m1",
  "X-Folded: one",
  " two",
  'Content-Type: multipart/alternative; boundary="b"',
  "",
  "--b",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "plain part",
  "--b",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<p>html part</p><script>alert(1)</script>",
  "--b--",
].join("\r\n");

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sink: MailSink;
const start = (): Promise<MailSink> =>
  startMailSink({ httpPort: 0, smtpPort: 0, file: folder.path("mails.jsonl"), slowMs: 60 });
const call = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${sink.httpPort}${path}`, init);
const list = async (): Promise<Message[]> =>
  (await (await call("/api/messages")).json()) as Message[];
const send = (to = ["ada@luna.test"]) => sendRaw(sink.smtpPort, to, RAW);
const fault = (body: unknown): Promise<Response> =>
  call("/api/faults", { method: "POST", body: JSON.stringify(body) });

beforeEach(async () => {
  folder = await temporaryFolder();
  sink = await start();
});
afterEach(async () => {
  await sink.close();
  await folder.remove();
});

describe("mail sink", () => {
  it("shows a mail with its envelope recipients, both parts and unfolded headers", async () => {
    await send(["ada@luna.test", "hidden@luna.test"]);
    const [mail] = await list();
    expect(mail).toMatchObject({
      to: ["ada@luna.test", "hidden@luna.test"],
      from: "no-reply@luna.test",
      subject: "Grüße",
      headers: { "x-mail-id": "m1", "x-folded": "one two" },
    });
    expect(mail?.text.trim()).toBe("plain part");
    expect(mail?.html).toContain("<p>html part</p>");
    expect(new Date(mail?.receivedAt ?? "").toISOString()).toBe(mail?.receivedAt);
  });

  it("has the mail on disk before it says 250", async () => {
    const { replies } = await send();
    expect(replies.at(-1)).toMatch(/^250 /);
    expect(await readFile(folder.path("mails.jsonl"), "utf8")).toContain("plain part");
  });

  it("lists newest first, also after a restart", async () => {
    await send(["first@luna.test"]);
    await send(["second@luna.test"]);
    const order = (mails: Message[]) => mails.map(({ to }) => to[0]);
    expect(order(await list())).toEqual(["second@luna.test", "first@luna.test"]);
    await sink.close();
    sink = await start();
    expect(order(await list())).toEqual(["second@luna.test", "first@luna.test"]);
  });

  it("forgets deleted mails, also after a restart", async () => {
    await send();
    expect((await call("/api/messages", { method: "DELETE" })).status).toBe(204);
    expect(await list()).toEqual([]);
    await sink.close();
    sink = await start();
    expect(await list()).toEqual([]);
  });

  it("takes mails that come by another way", async () => {
    const mail = {
      to: ["a@b.test"],
      from: "c@d.test",
      subject: "s",
      text: "t",
      html: "",
      headers: {},
    };
    await sink.deliver(mail);
    expect(await list()).toMatchObject([mail]);
  });

  it("answers 304 while nothing has changed", async () => {
    const etag = (await call("/api/messages")).headers.get("ETag") ?? "";
    const again = () => call("/api/messages", { headers: { "If-None-Match": etag } });
    expect((await again()).status).toBe(304);
    await send();
    expect((await again()).status).toBe(200);
  });

  it("answers 404 and 405 as problem documents", async () => {
    const missing = await call("/api/nothing");
    expect(missing.status).toBe(404);
    expect(missing.headers.get("Content-Type")).toBe("application/problem+json");
    const wrong = await call("/api/faults");
    expect([wrong.status, wrong.headers.get("Allow")]).toEqual([405, "POST"]);
  });

  it("serves a page that runs no inline script", async () => {
    const page = await call("/");
    expect(page.headers.get("Content-Security-Policy")).toContain("script-src 'self'");
    expect(await page.text()).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=/);
  });

  it("serves a mail's HTML sandboxed, with no script and nothing from elsewhere", async () => {
    await send();
    const [mail] = await list();
    const frame = await call(`/messages/${mail?.id}/html`);
    const policy = frame.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toMatch(/^sandbox [^;]*; default-src 'none'/);
    expect(policy).not.toContain("allow-scripts");
    expect(policy).not.toContain("script-src");
  });

  it("shows the templates it is given, each sandboxed and never kept", async () => {
    let edits = 0;
    const previews = () => {
      edits += 1;
      return Promise.resolve(
        new Map([
          ["index.html", `edit ${edits}`],
          ["verify.en.html", "<p>mail</p><script>alert(1)</script>"],
          ["verify.en.txt", "mail"],
        ]),
      );
    };
    await sink.close();
    sink = await startMailSink({
      httpPort: 0,
      smtpPort: 0,
      file: folder.path("mails.jsonl"),
      previews,
    });
    expect(await (await call("/templates/")).text()).toBe("edit 1");
    expect(await (await call("/templates/")).text()).toBe("edit 2");
    const mail = await call("/templates/verify.en.html");
    expect(mail.headers.get("Content-Security-Policy")).toMatch(
      /^sandbox [^;]*; default-src 'none'/,
    );
    expect((await call("/templates/verify.en.txt")).headers.get("Content-Type")).toMatch(
      /^text\/plain/,
    );
    expect((await call("/templates/other.html")).status).toBe(404);
  });

  it("rejects a taken port with a line that names it and leaves nothing running", async () => {
    const options = { httpPort: sink.httpPort, smtpPort: 0, file: folder.path("other.jsonl") };
    await expect(startMailSink(options)).rejects.toThrow(
      `Port ${sink.httpPort} for the mail sink is already in use.`,
    );
  });
});

describe("mail sink faults", () => {
  it("answers the fault that is now set", async () => {
    const response = await fault({ mode: "451", rate: 0.25 });
    expect([response.status, await response.json()]).toEqual([200, { mode: "451", rate: 0.25 }]);
  });

  it("refuses a mode it does not know with 422 and keeps the old one", async () => {
    await fault({ mode: "451", rate: 1 });
    expect((await fault({ mode: "boom", rate: 1 })).status).toBe(422);
    expect((await send()).replies.at(-1)).toMatch(/^451 /);
  });

  it.each(["421", "451", "550"])("refuses with %s and keeps no mail", async (mode) => {
    await fault({ mode, rate: 1 });
    expect((await send()).replies.at(-1)).toMatch(new RegExp(`^${mode} `));
    expect(await list()).toEqual([]);
  });

  it("says with an RFC 3463 status that nobody has the address", async () => {
    await fault({ mode: "unknown-user", rate: 1 });
    expect((await send()).replies.at(-1)).toMatch(/^550 5\.1\.1 /);
    expect(await list()).toEqual([]);
  });

  it("says nothing at all when it refuses the connection", async () => {
    await fault({ mode: "refuse", rate: 1 });
    expect(await send()).toEqual({ replies: [], cut: true });
  });

  it("hangs up before the 250 and keeps no mail", async () => {
    await fault({ mode: "cut-before-250", rate: 1 });
    const { replies, cut } = await send();
    expect([replies.at(-1)?.slice(0, 3), cut]).toEqual(["354", true]);
    expect(await list()).toEqual([]);
  });

  it("hangs up after the 250 and keeps the mail", async () => {
    await fault({ mode: "cut-after-250", rate: 1 });
    const { replies, cut } = await send();
    expect([replies.at(-1)?.slice(0, 3), cut]).toEqual(["250", true]);
    expect(await list()).toHaveLength(1);
  });

  it("accepts again once the fault is none", async () => {
    await fault({ mode: "refuse", rate: 1 });
    await fault({ mode: "none", rate: 0 });
    expect(await send()).toMatchObject({ cut: false });
    expect(await list()).toHaveLength(1);
  });

  it("accepts late when slow", async () => {
    await fault({ mode: "slow", rate: 1 });
    expect((await send()).replies.at(-1)).toMatch(/^250 /);
  });
});

import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";

import { encodeHeader, encodeMailbox } from "./header.ts";
import { message } from "./message.fixture.ts";
import { composeMessage } from "./message.ts";
import { quotedPrintable } from "./quoted-printable.ts";

const READ_AS_IS = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true };

const compose = (more: Partial<typeof message> = {}): string => {
  const text = composeMessage({ ...message, ...more });
  if (text === null) throw new Error("refused");
  return text;
};

describe("a composed message", () => {
  it("says the same in every attempt", () => {
    expect(compose()).toBe(compose());
    expect(compose()).toContain("\r\nMessage-ID: <0001mail@luna.example.com>\r\n");
    expect(compose()).toContain("Date: Tue, 01 Jan 2030 00:00:00 +0000\r\n");
  });

  it("is read back by a mail program as it was meant", async () => {
    const subject = "Ünïcode 🎉 ".repeat(20).trim();
    const long = `${"ein sehr langer Satz über Käse ".repeat(30)}=3D \t`;
    const mail = await simpleParser(
      Buffer.from(compose({ subject, text: `${long}\n.\n\nEnde ` })),
      READ_AS_IS,
    );
    expect(mail.subject).toBe(subject);
    expect(mail.text).toBe(`${long}\n.\n\nEnde `);
    expect(mail.html).toContain("<p>Grüße</p>");
    expect(mail.from?.value).toEqual([{ name: "Luna Mesh", address: "no-reply@luna.example.com" }]);
    expect(mail.headerLines.map(({ line }) => line)).toContain("Auto-Submitted: auto-generated");
  });

  it("is 7-bit text in lines of at most 76 characters that end in CRLF", () => {
    const text = compose({
      subject: "ü".repeat(200),
      text: "ü".repeat(500),
      html: "x".repeat(500),
    });
    expect(text).toMatch(/^[\t\r\n\u0020-\u007e]*$/);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(78);
  });
});

describe("quotedPrintable", () => {
  it("keeps a blank at the end of a line, which servers would drop", () => {
    expect(quotedPrintable("a \nb\t\nc")).toBe("a=20\r\nb=09\r\nc");
  });

  it("encodes the equals sign and bytes beyond ASCII", () => {
    expect(quotedPrintable("1=1 é")).toBe("1=3D1 =C3=A9");
  });
});

describe("encodeHeader", () => {
  it("leaves plain text as it is", () => {
    expect(encodeHeader("Your receipt for Pro")).toBe("Your receipt for Pro");
  });

  it("encodes what a reader would take for an encoded word", () => {
    expect(encodeHeader("=?utf-8?q?From?=")).toMatch(/^=\?UTF-8\?B\?/);
  });

  it.each(["\r", "\n", "\0", "\u007f", "\u0085", "\u2028", "\u2029"])(
    "refuses the control character %j",
    (character) => {
      expect(encodeHeader(`a${character}b`)).toBeNull();
    },
  );

  it("quotes a sender's name", () => {
    expect(encodeMailbox('Luna "M"', "a@b.org")).toBe(String.raw`"Luna \"M\"" <a@b.org>`);
  });
});

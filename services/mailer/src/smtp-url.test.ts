import { describe, expect, it } from "vitest";

import { parseSmtpUrl } from "./smtp-url.ts";

describe("SMTP_URL", () => {
  it.each([
    ["smtp://127.0.0.1:1025", { port: 1025, tls: "none", credentials: null }],
    ["smtp://localhost:1025", { host: "localhost", tls: "none" }],
    ["smtp://mail.example.com", { port: 587, tls: "required" }],
    ["smtp://127.0.0.1.example.com:25", { port: 25, tls: "required" }],
    [
      "smtps://me%40x.org:p%3Aw@mail.example.com",
      { port: 465, tls: "implicit", credentials: { user: "me@x.org", password: "p:w" } },
    ],
  ])("reads %s", (url, expected) => {
    expect(parseSmtpUrl(url)).toMatchObject(expected);
  });

  it.each(["", "mail.example.com", "https://mail.example.com", "smtp://", "smtp://u:%ZZ@x.org"])(
    "refuses %j",
    (url) => {
      expect(parseSmtpUrl(url)).toBeNull();
    },
  );
});

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { EmailAddress, emailKey } from "./email-address.ts";

const LOCAL_64 = "a".repeat(64);
const DOMAIN_189 = `${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(57)}.com`;

const fits = (text: unknown): boolean => v.safeParse(EmailAddress, text).success;

describe("an e-mail address", () => {
  it.each([
    "ann@example.com",
    "Ann.Bee+luna@mail.example.co.uk",
    "o'hara@example.com",
    "a@b.io",
    "1_2-3@x-y.example",
    `${LOCAL_64}@example.com`,
    `${LOCAL_64}@${DOMAIN_189}`,
  ])("takes %s", (text) => {
    expect(fits(text)).toBe(true);
  });

  it.each([
    "",
    "ann",
    "ann@",
    "@example.com",
    "ann@example",
    "ann@@example.com",
    "a nn@example.com",
    ".ann@example.com",
    "ann.@example.com",
    "a..n@example.com",
    "ann@-example.com",
    "ann@example-.com",
    "ann@example..com",
    "ann@[192.0.2.1]",
    "ann@example.com\r\nBcc: all@example.com",
    "ann@example.com\u0000",
    "Ann <ann@example.com>",
    "ann@example.com,bob@example.com",
    '"ann"@example.com',
    "ann@exämple.com",
    "аnn@example.com",
    `a${LOCAL_64}@example.com`,
    `${LOCAL_64}@d${DOMAIN_189}`,
    null,
  ])("refuses %j", (text) => {
    expect(fits(text)).toBe(false);
  });

  it("is trimmed and otherwise kept as it was typed", () => {
    expect(v.parse(EmailAddress, "  Ann@Example.com ")).toBe("Ann@Example.com");
  });

  it("has one key in whatever case it is typed", () => {
    expect(emailKey("Ann@Example.COM")).toBe(emailKey("ann@example.com"));
    expect(emailKey("ann+1@example.com")).not.toBe(emailKey("ann@example.com"));
  });
});

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { Mailbox, parseAddress } from "./address.ts";

describe("parseAddress", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    ["Ada.Lovelace+luna@mail.example.co.uk", "Ada.Lovelace+luna@mail.example.co.uk"],
    ["ada@EXAMPLE.com", "ada@example.com"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["o'hara@example.com", "o'hara@example.com"],
    ["ada@localhost", "ada@localhost"],
  ])("takes %s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    ["nothing", ""],
    ["no domain", "ada@"],
    ["no local part", "@example.com"],
    ["a line break", "ada@example.com\r\nRCPT TO:<eve@example.com>"],
    ["a line break in the local part", "ada\r\n@example.com"],
    ["a lone LF at the end", "ada@example.com\n"],
    ["a NUL", "ada\0@example.com"],
    ["a line separator", "ada@exam\u2028ple.com"],
    ["a soft hyphen the URL parser would drop", "ada@exam\u00adple.com"],
    ["a tab the URL parser would drop", "ada@exam\tple.com"],
    ["a non-ASCII local part", "ädä@example.com"],
    ["a quoted local part", '"ada"@example.com'],
    ["a quoted local part with a recipient in it", '"ada@evil.org>"@example.com'],
    ["an angle bracket", "ada>@example.com"],
    ["a display name", "Ada <ada@example.com>"],
    ["a group", "friends:ada@example.com;"],
    ["two recipients", "ada@example.com,eve@example.com"],
    ["an encoded word", "=?utf-8?q?ada?=@example.com@"],
    ["a percent-encoded domain", "ada@exam%70le.com"],
    ["an address literal", "ada@[127.0.0.1]"],
    ["an IP address", "ada@127.0.0.1"],
    ["an IP address in one number", "ada@2130706433"],
    ["a port", "ada@example.com:25"],
    ["two dots", "ada..l@example.com"],
    ["a dot at the end", "ada.@example.com"],
    ["a bare host", "ada@example"],
    ["a local part of 65", `${"a".repeat(65)}@example.com`],
    ["a label of 64", `ada@${"a".repeat(64)}.com`],
    [
      "an address of 255",
      `ada@${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(64)}.com`,
    ],
  ])("refuses %s", (_name, text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe("Mailbox", () => {
  it("reads a name and an address, or an address", () => {
    expect(v.parse(Mailbox, "Luna Mesh <no-reply@example.com>")).toEqual({
      name: "Luna Mesh",
      address: "no-reply@example.com",
    });
    expect(v.parse(Mailbox, "a@example.com")).toEqual({ name: "", address: "a@example.com" });
  });

  it("refuses a line break in the name", () => {
    expect(v.is(Mailbox, "Luna\r\nBcc: eve@example.com <a@example.com>")).toBe(false);
  });
});

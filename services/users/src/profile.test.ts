import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { ProfileChange } from "./profile.ts";

const fits = (change: object): boolean => v.safeParse(ProfileChange, change).success;

describe("a profile change", () => {
  it.each([
    ["name", "Ann"],
    ["name", "Łukasz 林 👩‍🚀"],
    ["name", "x".repeat(100)],
    ["name", "نور الدين"],
    ["name", "می\u200cخواهم"],
    ["avatarUrl", "https://example.com/a.png?size=2#x"],
    ["avatarUrl", null],
    ["locale", "de"],
    ["locale", "zh-Hant-TW"],
    ["timezone", "Europe/Berlin"],
    ["timezone", "UTC"],
    ["marketingOptIn", true],
    ["marketingOptIn", false],
  ])("takes %s %j", (field, value) => {
    expect(fits({ [field]: value })).toBe(true);
  });

  it.each([
    ["name", ""],
    ["name", " \t "],
    ["name", "x".repeat(101)],
    ["name", "a\nb"],
    ["name", "a\u0000b"],
    ["name", "a\u001b[31mb"],
    ["name", "\u202Egnp.exe"],
    ["name", "a\u2066b"],
    ["name", "a\u2069b"],
    ["name", "a\u200Eb"],
    ["name", "a\u061Cb"],
    ["name", "\u200B"],
    ["name", "\u2060\u200D \uFE0F"],
    ["name", "\u3164"],
    ["name", "\u{E0041}"],
    ["name", "\u2800"],
    ["name", "\u0301"],
    ["name", 7],
    ["name", null],
    ["avatarUrl", ""],
    ["avatarUrl", "/a.png"],
    ["avatarUrl", "http://example.com/a.png"],
    ["avatarUrl", "javascript:alert(1)"],
    ["avatarUrl", "data:image/png;base64,AA"],
    ["avatarUrl", "https://user:password@example.com/a.png"],
    ["avatarUrl", "https://user@example.com/a.png"],
    ["avatarUrl", " https://example.com/a.png"],
    ["avatarUrl", "ht\ntps://example.com/a.png"],
    ["avatarUrl", `https://example.com/${"a".repeat(2_048)}`],
    ["locale", ""],
    ["locale", "english please"],
    ["locale", "en_US"],
    ["locale", `en-${"x-a".repeat(20)}`],
    ["timezone", ""],
    ["timezone", "Mars/Olympus"],
    ["timezone", "+01:00"],
    ["timezone", "x".repeat(65)],
    ["marketingOptIn", 1],
    ["marketingOptIn", "true"],
    ["marketingOptIn", null],
  ])("refuses %s %j", (field, value) => {
    expect(fits({ [field]: value })).toBe(false);
  });

  it("trims a name", () => {
    expect(v.parse(ProfileChange, { name: "  Ann  " })).toEqual({ name: "Ann" });
  });

  it("may be empty", () => {
    expect(v.parse(ProfileChange, {})).toEqual({});
  });

  it("refuses a field it does not know, whatever else fits", () => {
    expect(fits({ name: "Ann", role: "admin" })).toBe(false);
  });
});

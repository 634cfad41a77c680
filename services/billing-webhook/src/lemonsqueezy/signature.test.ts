import { utf8 } from "@luna/shared/bytes";
import { describe, expect, it } from "vitest";

import { purchase } from "../fixtures/events.ts";
import { sign } from "../fixtures/sign.ts";
import { isSigned } from "./signature.ts";

const SECRET = "Kq8w2nXv5tYr1mZ7pB4c";
const OLDER = "Hd3f9sLk6jQa0gW8eR2u";
const { body } = purchase(1).subscription("subscription_created");

describe("isSigned", () => {
  it("accepts the bytes as they were sent", async () => {
    expect(body).toContain(String.raw`https:\/\/`);
    expect(body).toContain(String.raw`\u00eb`);
    expect(await isSigned(utf8(body), await sign(body, SECRET), [SECRET])).toBe(true);
  });

  it("refuses the same JSON written anew", async () => {
    const again = JSON.stringify(JSON.parse(body));
    expect(JSON.parse(again)).toEqual(JSON.parse(body));
    expect(await isSigned(utf8(again), await sign(body, SECRET), [SECRET])).toBe(false);
  });

  it("accepts the previous secret while it is listed, and not afterwards", async () => {
    const header = await sign(body, OLDER);
    expect(await isSigned(utf8(body), header, [SECRET, OLDER])).toBe(true);
    expect(await isSigned(utf8(body), header, [SECRET])).toBe(false);
  });

  it.each([
    ["missing", () => null],
    ["empty", () => ""],
    ["short", (right: string) => right.slice(0, 62)],
    ["of odd length", (right: string) => right.slice(0, 63)],
    ["long", (right: string) => `${right}00`],
    ["in upper case", (right: string) => right.toUpperCase()],
    ["not hex", () => "z".repeat(64)],
    ["prefixed", (right: string) => `sha256=${right}`],
    ["wrong in one digit", (right: string) => right.replace(/.$/, (c) => (c === "0" ? "1" : "0"))],
    ["outside ASCII", () => "é".repeat(64)],
  ])("refuses a signature that is %s", async (_what, spoil) => {
    const header = spoil(await sign(body, SECRET));
    expect(await isSigned(utf8(body), header, [SECRET, OLDER])).toBe(false);
  });

  it("refuses a signature of another secret or another body", async () => {
    const others = [await sign(body, "another-secret-entirely"), await sign(`${body} `, SECRET)];
    const verdicts = others.map((header) => isSigned(utf8(body), header, [SECRET, OLDER]));
    expect(await Promise.all(verdicts)).toEqual([false, false]);
  });
});

import { beforeAll, describe, expect, it } from "vitest";

import { fromBase64Url, toBase64Url } from "../bytes.ts";
import { AUDIENCE } from "./claims.ts";
import { forge, goodClaims, goodHeader, ISSUER, newSigningKeys, NOW } from "./forge-for-tests.ts";
import { publicKeysOf, type SigningKeys } from "./keys.ts";
import { createVerifier, type Verify } from "./token-service.ts";

let keys: SigningKeys;
let verify: Verify;
let token: string;
beforeAll(async () => {
  keys = await newSigningKeys();
  verify = createVerifier(publicKeysOf(keys), ISSUER, AUDIENCE);
  token = await forge(keys, goodHeader, goodClaims);
});

/** Signatures are random: one whose standard base64 differs turns up within a few tries. */
const tokenWithUrlCharacters = async (): Promise<string> => {
  for (;;) {
    const made = await forge(keys, goodHeader, goodClaims);
    if (/[-_]/.test(made.split(".")[2] ?? "")) return made;
  }
};

describe("the text of a good token", () => {
  it.each([
    ["with a fourth part", (text: string) => `${text}.junk`],
    ["with an empty fourth part", (text: string) => `${text}.`],
    ["with padding", (text: string) => `${text}=`],
    ["with two paddings", (text: string) => `${text}==`],
    ["with padded parts", (text: string) => text.split(".").join("=.")],
    ["with a space before it", (text: string) => ` ${text}`],
    ["with a line feed after it", (text: string) => `${text}\n`],
    ["with a space in the signature", (text: string) => `${text.slice(0, -5)} ${text.slice(-5)}`],
    ["with a tab in the payload", (text: string) => text.replace(".", ".\t")],
    ["with a NUL after it", (text: string) => `${text}\0`],
    ["with a byte order mark", (text: string) => `\uFEFF${text}`],
    ["with the scheme still on", (text: string) => `Bearer ${text}`],
    ["with the last character missing", (text: string) => text.slice(0, -1)],
    ["with one character more", (text: string) => `${text}A`],
    ["with the parts swapped", (text: string) => text.split(".").toReversed().join(".")],
    ["twice", (text: string) => `${text},${text}`],
    ["in upper case", (text: string) => text.toUpperCase()],
  ])("is refused %s", async (_name, change) => {
    expect(await verify(change(token), NOW)).toMatchObject({ ok: false, code: "malformed" });
  });

  it("is refused in standard base64", async () => {
    const [header = "", payload = "", signature = ""] = (await tokenWithUrlCharacters()).split(".");
    const standard = signature.replaceAll("-", "+").replaceAll("_", "/");
    const text = `${header}.${payload}.${standard}`;
    expect(await verify(text, NOW)).toMatchObject({ ok: false, code: "malformed" });
  });

  it("is refused in a spelling of the same bytes that nobody writes", async () => {
    // 64 bytes end in a character of which only two bits count: 15 other spellings decode alike.
    const spellings = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
      .map((last) => token.slice(0, -1) + last)
      .filter((text) => text !== token);
    const results = await Promise.all(spellings.map((text) => verify(text, NOW)));
    expect(results.filter((result) => result.ok)).toEqual([]);
    expect(results.filter((result) => !result.ok && result.code === "malformed").length).toBe(60);
  });

  it("is refused with a signature of another length that is otherwise right", async () => {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const bytes = fromBase64Url(signature) ?? new Uint8Array();
    const long = toBase64Url(Uint8Array.from([...bytes, 0]));
    expect(await verify(`${header}.${payload}.${long}`, NOW)).toMatchObject({ code: "malformed" });
  });
});

describe("junk instead of a token", () => {
  it.each([
    ["nothing", ""],
    ["dots", ".."],
    ["more dots", "....."],
    ["a word", "token"],
    ["600 KB of one letter", "a".repeat(600_000)],
    ["600 KB of dots", ".".repeat(600_000)],
    ["a valid form around 600 KB", `eyJ.${"a".repeat(600_000)}.AA`],
    ["other scripts", "токен.токен.токен"],
    ["lone surrogates", "\uD800.\uD800.\uD800"],
    ["bytes that are no UTF-8", `${toBase64Url(Uint8Array.of(0xff, 0xfe))}.e30.AA`],
  ])("is refused: %s", async (_name, text) => {
    expect(await verify(text, NOW)).toMatchObject({ ok: false, code: "malformed" });
  });

  it("is refused for its length even when it is signed", async () => {
    const long = await forge(keys, goodHeader, { ...goodClaims, sub: "x".repeat(4_096) });
    expect(await verify(long, NOW)).toMatchObject({ ok: false, code: "malformed" });
  });
});

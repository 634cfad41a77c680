import { fromBase64Url, sha256, toBase64Url, utf8 } from "@luna/shared/bytes";
import { mac, type KeySet } from "@luna/shared/key-set";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { createPasswords, GivenPassword, NewPassword, type Argon2id } from "./password.ts";

const keyOf = (letter: string): string => toBase64Url(utf8(letter.repeat(32)));
const ONE: KeySet = { current: "k1", keys: { k1: keyOf("a") } };
const TWO: KeySet = { current: "k2", keys: { k1: keyOf("a"), k2: keyOf("b") } };
const NEW: KeySet = { current: "k2", keys: { k2: keyOf("b") } };
const SWAPPED: KeySet = { current: "k1", keys: { k1: keyOf("b") } };

/** Quick, not secure, and it counts: the real engine has its own test inside workerd. */
const countingEngine = () => {
  const calls: string[] = [];
  const engine: Argon2id = (password, salt) => {
    calls.push(password);
    return utf8(`${password}|${toBase64Url(salt)}`.padEnd(32).slice(0, 64));
  };
  return { calls, engine };
};

const { engine } = countingEngine();

describe("a stored password", () => {
  it("says its parameters and its pepper, with a salt of its own", async () => {
    const passwords = createPasswords(engine, ONE);
    const [first, second] = [await passwords.hash("secret"), await passwords.hash("secret")];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=k1\$[\w-]{22}\$[\w-]{43}$/);
    expect(first.split("$")[4]).not.toBe(second.split("$")[4]);
  });

  it("holds no output of the engine, nor a plain hash of it", async () => {
    const stored = await createPasswords(engine, ONE).hash("secret");
    const [, , , , salt = "", tag] = stored.split("$");
    const output = engine("secret", fromBase64Url(salt) ?? new Uint8Array());
    expect(tag).not.toBe(toBase64Url(output));
    expect(tag).not.toBe(toBase64Url(await sha256(toBase64Url(output))));
  });

  it("is right for its own password only", async () => {
    const passwords = createPasswords(engine, ONE);
    const stored = await passwords.hash("secret");
    expect(await passwords.verify("secret", stored)).toBe(true);
    expect(await passwords.verify("secreT", stored)).toBe(false);
    expect(await passwords.verify("", stored)).toBe(false);
  });

  it("stays right after its pepper is rotated, and new ones use the new pepper", async () => {
    const stored = await createPasswords(engine, ONE).hash("secret");
    const rotated = createPasswords(engine, TWO);
    expect(await rotated.verify("secret", stored)).toBe(true);
    expect(await rotated.hash("secret")).toContain("keyid=k2$");
  });

  it.each([
    ["is gone", NEW],
    ["has another value", SWAPPED],
  ])("is wrong once its pepper %s", async (_what, peppers) => {
    const stored = await createPasswords(engine, ONE).hash("secret");
    expect(await createPasswords(engine, peppers).verify("secret", stored)).toBe(false);
  });
});

describe("one verification", () => {
  const change = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

  it.each([
    ["nothing", () => null],
    ["an empty text", () => ""],
    ["garbage", () => "x"],
    ["other memory", change("m=19456", "m=8")],
    ["other passes", change("t=2", "t=1")],
    ["another algorithm", change("argon2id", "argon2i")],
    ["another version", change("v=19", "v=16")],
    ["an unknown pepper", change("keyid=k1", "keyid=k9")],
    ["a pepper named like a member of every object", change("keyid=k1", "keyid=constructor")],
    ["a short salt", change(/\$[\w-]{22}\$/, "$AAAA$")],
    ["a salt that is not base64url", change(/\$[\w-]{22}\$/, "$**********************$")],
    ["no tag", change(/\$[\w-]{43}$/, "$")],
    ["half a tag", change(/[\w-]{21}$/, "")],
    ["only its prefix", change(/keyid=.*$/, "keyid=")],
  ])("costs one hash and fails against %s", async (_what, spoil) => {
    const stored = await createPasswords(engine, ONE).hash("secret");
    const { calls, engine: counting } = countingEngine();
    expect(await createPasswords(counting, ONE).verify("secret", spoil(stored))).toBe(false);
    expect(calls).toEqual(["secret"]);
  });

  it("fails against other parameters even if the salt is the one that stands in for it", async () => {
    const salt = new Uint8Array(16);
    const made = await mac(ONE, toBase64Url(engine("secret", salt)));
    const textWith = (parameters: string) =>
      `$argon2id$v=19$${parameters},keyid=k1$${toBase64Url(salt)}$${toBase64Url(made?.tag ?? salt)}`;
    const passwords = createPasswords(engine, ONE);
    expect(await passwords.verify("secret", textWith("m=19456,t=2,p=1"))).toBe(true);
    expect(await passwords.verify("secret", textWith("m=19456,t=1,p=1"))).toBe(false);
  });

  it("costs one hash and succeeds against what was stored", async () => {
    const stored = await createPasswords(engine, ONE).hash("secret");
    const { calls, engine: counting } = countingEngine();
    expect(await createPasswords(counting, ONE).verify("secret", stored)).toBe(true);
    expect(calls).toEqual(["secret"]);
  });
});

describe("a new password", () => {
  it.each(["12345678", " leading and trailing ", "пароль-1", "🔑🔑🔑🔑🔑🔑🔑🔑", "x".repeat(256)])(
    "may be %j, and is kept as it was typed",
    (text) => {
      expect(v.parse(NewPassword, text)).toBe(text);
      expect(v.parse(GivenPassword, text)).toBe(text);
    },
  );

  it.each(["", "1234567", "🔑🔑🔑🔑", "x".repeat(257), 12_345_678, null])(
    "may not be %j",
    (text) => {
      expect(v.safeParse(NewPassword, text).success).toBe(false);
    },
  );
});

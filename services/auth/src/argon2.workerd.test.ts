import Argon2, { Argon2Type, Argon2Version } from "@phi-ag/argon2";
import wasm from "@phi-ag/argon2/argon2.wasm";
import { toHex, utf8 } from "@luna/shared/bytes";
import { describe, expect, it } from "vitest";

import { argon2id } from "./argon2.ts";
import { createPasswords, PARAMETERS } from "./password.ts";
import { PEPPERS } from "./workerd.fixture.ts";

/** An isolate has 128 MB for everything; a hash that takes more than half of it would be killed. */
const MAX_HEAP_BYTES = 64 * 1024 * 1024;

const SALT = utf8("0123456789abcdef");

const newEngine = () => {
  const instance = new WebAssembly.Instance(wasm, {});
  return { engine: new Argon2(instance), memory: instance.exports["memory"] as WebAssembly.Memory };
};

describe("the engine", () => {
  it("computes the example of the argon2 reference implementation", () => {
    // https://github.com/P-H-C/phc-winner-argon2 README: echo -n "password" | ./argon2 somesalt …
    const { hash } = newEngine().engine.hash("password", {
      salt: utf8("somesalt"),
      memoryCost: 65_536,
      timeCost: 2,
      parallelism: 1,
      hashLength: 32,
      type: Argon2Type.Argon2id,
      version: Argon2Version.Version13,
    });
    expect(toHex(hash)).toBe("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  });

  it("keeps its memory small, however often it hashes", () => {
    const { engine, memory } = newEngine();
    for (let round = 0; round < 5; round += 1)
      engine.hash("password", { ...PARAMETERS, salt: SALT });
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(MAX_HEAP_BYTES);
  });

  it("gives 32 bytes that depend on the password and on the salt", () => {
    const outputs = [
      argon2id("password", SALT),
      argon2id("Password", SALT),
      argon2id("password", utf8("0123456789abcdeg")),
    ];
    expect(outputs.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(outputs.map(toHex)).size).toBe(3);
    expect(argon2id("password", SALT)).toEqual(outputs[0]);
  });

  it.each([
    ["beyond ASCII", "пароль-1", "пароль-2"],
    ["beyond the basic plane", "🔑🔑🔑🔑🔑🔑🔑🔑", "🔑🔑🔑🔑🔑🔑🔑🔒"],
    ["after a NUL", "pass\u0000word", "pass\u0000wore"],
    ["at the very end", `${"x".repeat(255)}a`, `${"x".repeat(255)}b`],
  ])("hashes every character of a password: a difference %s counts", (_where, one, other) => {
    expect(toHex(argon2id(one, SALT))).not.toBe(toHex(argon2id(other, SALT)));
  });
});

describe("a password hashed by the engine", () => {
  const passwords = createPasswords(argon2id, PEPPERS);

  it("is found right, and any other is found wrong", async () => {
    const stored = await passwords.hash("correct horse");
    expect(await passwords.verify("correct horse", stored)).toBe(true);
    expect(await passwords.verify("correct horse ", stored)).toBe(false);
    expect(await passwords.verify("Correct horse", stored)).toBe(false);
  });
});

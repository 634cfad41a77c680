import { newApiKey } from "@luna/shared/api-key";
import { arrivalOf } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { describe, expect, it } from "vitest";

import type { Env } from "./env.ts";
import { config, NOW } from "./passage-for-tests.ts";
import { readCredential } from "./read-credential.ts";

/** Nothing here may be asked anything. */
const untouchable = new Proxy({} as Env, {
  get: (_, name) => {
    throw new Error(`asked ${String(name)}`);
  },
});

const read = (authorization: string | null, tagKeys = config.KEY_TAG_KEYS) => {
  const headers = new Headers(authorization === null ? [] : [["authorization", authorization]]);
  const arrival = arrivalOf(new Request("https://api.example.com/v1/me", { headers }));
  return readCredential(arrival, untouchable, { ...config, KEY_TAG_KEYS: tagKeys }, NOW);
};

const claim = { subject: "0".repeat(28), keyId: "1".repeat(28) };

describe("a credential", () => {
  it("is none without a header", async () => {
    expect(await read(null)).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["two words", "Bearer a b"],
    ["10 KB", `Bearer ${"a".repeat(10_240)}`],
    ["a key cut short", "Bearer luna_live_abc"],
    ["a key of strange digits", `Bearer luna_live_${"Ü".repeat(20)}`],
  ])("that is %s is refused without asking anybody", async (_what, header) => {
    const bytes = new TextEncoder().encode(header);
    // Header values are bytes on the wire.
    const failure = await read(String.fromCharCode(...bytes));
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: "invalid_token" });
  });

  it("that is a key of ours names its subject, without asking anybody", async () => {
    const { text, secretHash } = await newApiKey(config.KEY_TAG_KEYS, claim);
    expect(await read(`Bearer ${text}`)).toEqual({
      userId: claim.subject,
      presented: { kind: "key", keyId: claim.keyId, secretHash },
    });
  });

  it("that was a key of ours is none under other tag keys", async () => {
    const { text } = await newApiKey(config.KEY_TAG_KEYS, claim);
    await read(`Bearer ${text}`);
    const rotated = { current: "k2", keys: { k2: `${"C".repeat(42)}A` } };
    expect(await read(`Bearer ${text}`, rotated)).toMatchObject({ code: "invalid_token" });
    expect(await read(`Bearer ${text}`)).toMatchObject({ userId: claim.subject });
  });
});

describe("an API key with a slip of the pen", () => {
  it("is refused wherever it is, without asking anybody", async () => {
    const { text } = await newApiKey(config.KEY_TAG_KEYS, claim);
    const start = "luna_live_".length;
    for (let at = start; at < text.length; at += 1) {
      const other = text[at] === "x" ? "y" : "x";
      const slip = text.slice(0, at) + other + text.slice(at + 1);
      expect(await read(`Bearer ${slip}`), slip).toMatchObject({ code: "invalid_token" });
      expect(await read(`Bearer ${text.slice(0, at)}`)).toMatchObject({ code: "invalid_token" });
    }
  });
});

describe("ten thousand well-formed forged keys", () => {
  it("are refused without asking anybody", async () => {
    const alien = { current: "k1", keys: { k1: `${"B".repeat(42)}A` } };
    const codes = new Set<unknown>();
    for (let forged = 0; forged < 10_000; forged += 1) {
      const { text } = await newApiKey(alien, claim);
      const answer = await read(`Bearer ${text}`);
      codes.add(answer instanceof Failure ? answer.code : "let in");
    }
    expect(codes).toEqual(new Set(["invalid_token"]));
  });
});

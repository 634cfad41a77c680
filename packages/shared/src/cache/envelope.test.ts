import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sha256Hex, utf8 } from "../bytes.ts";
import { MAX_ENTRY_BYTES, seal, unseal } from "./envelope.ts";

const SAMPLE = {
  schemaVersion: 3,
  storedAt: 1_795_000_000_000,
  ttl: 60_000,
  body: '{"name":"Zoë","plan":"pro",\n"n":[1,2,3]}',
};

const sealed = async (key = "k", envelope = SAMPLE) => {
  const bytes = await seal(key, envelope);
  if (bytes === null) throw new Error("too large");
  return bytes;
};

describe("an envelope", () => {
  it("gives back exactly what was sealed, for any body", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 0 }),
        async (body, ttl) => {
          const bytes = await sealed("k", { ...SAMPLE, body, ttl });
          expect(await unseal("k", bytes.buffer)).toEqual({ ...SAMPLE, body, ttl });
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });

  it("is worth nothing with any one bit of any byte flipped", async () => {
    const bytes = await sealed();
    const opened: string[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        if ((await unseal("k", damaged.buffer)) !== null) opened.push(`${at}.${bit}`);
      }
    }
    expect(opened).toEqual([]);
    expect(await unseal("k", bytes.buffer)).toEqual(SAMPLE);
  });

  it("is worth nothing cut off anywhere or with anything after it", async () => {
    const bytes = await sealed();
    const opened: number[] = [];
    for (let length = 0; length < bytes.length; length += 1)
      if ((await unseal("k", bytes.slice(0, length).buffer)) !== null) opened.push(length);
    expect(opened).toEqual([]);
    expect(await unseal("k", Uint8Array.of(...bytes, 10).buffer)).toBeNull();
  });

  it("is worth nothing under another key", async () => {
    expect(await unseal("other", (await sealed("k")).buffer)).toBeNull();
  });

  it("does not open what something else wrote", async () => {
    const texts = ["", "{}", "null", "luna-cache-1", "luna-cache-1\n", "luna-cache-1\n\n\n", "\0"];
    for (const text of texts) expect(await unseal("k", utf8(text).buffer)).toBeNull();
  });

  it("is not made larger than an entry may be, nor opened", async () => {
    expect(await seal("k", { ...SAMPLE, body: "x".repeat(MAX_ENTRY_BYTES) })).toBeNull();
    expect(await seal("k", { ...SAMPLE, body: "x".repeat(MAX_ENTRY_BYTES - 200) })).not.toBeNull();
    const rest = `{"schemaVersion":3,"storedAt":0,"ttl":1}\n${"x".repeat(MAX_ENTRY_BYTES)}`;
    const digest = await sha256Hex(`luna-cache-1\nk\n${rest}`);
    expect(await unseal("k", utf8(`luna-cache-1\n${digest}\n${rest}`).buffer)).toBeNull();
  });
});

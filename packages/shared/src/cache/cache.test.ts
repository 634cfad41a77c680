import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { utf8 } from "../bytes.ts";
import { teamTag } from "../tag-index/tags.ts";
import { DIRECTORY, openCache } from "./cache-for-tests.ts";
import { defineCache } from "./definition.ts";
import { MAX_ENTRY_BYTES, seal } from "./envelope.ts";
import { stubTime } from "./virtual-time-for-tests.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a read through the cache", () => {
  it("loads once, then answers from memory, and in a new isolate from KV", async () => {
    const { cache, origin, open, kv, settled } = openCache();
    const first = await cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    expect(await cache.read(DIRECTORY, ["t"], origin.load)).toEqual(first);
    expect(await open().cache.read(DIRECTORY, ["t"], origin.load)).toEqual(first);
    expect(origin.loads).toBe(1);
    expect(kv.calls).toEqual(["get", "put 60", "get"]);
  });

  it("loads exactly once for a thousand concurrent misses", async () => {
    vi.useRealTimers();
    const time = stubTime();
    const { cache, origin, isolate } = openCache();
    const load = async () => {
      await time.sleep(200);
      return origin.load();
    };
    const all = Promise.all(
      Array.from({ length: 1_000 }, () => cache.read(DIRECTORY, ["t"], load)),
    );
    await time.run();
    vi.unstubAllGlobals();
    expect(new Set(await all).size).toBe(1);
    expect(origin.loads).toBe(1);
    expect(isolate.metrics.totals()).toMatchObject({ hits: 999, misses: 1, errors: 0 });
  });

  it("sees a change of what its tags name, in every isolate, at once", async () => {
    const { cache, origin, open, index } = openCache();
    const other = open().cache;
    await cache.read(DIRECTORY, ["t"], origin.load);
    await other.read(DIRECTORY, ["t"], origin.load);
    origin.members = ["ada", "ben"];
    await index.invalidate([teamTag("t")], Date.now());
    expect((await cache.read(DIRECTORY, ["t"], origin.load)).members).toEqual(["ada", "ben"]);
    expect((await other.read(DIRECTORY, ["t"], origin.load)).members).toEqual(["ada", "ben"]);
  });

  it("asks the origin again when the entry's time is over", async () => {
    const { cache, origin, open, settled } = openCache();
    await cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    vi.setSystemTime(DIRECTORY.ttlMs - 1);
    await cache.read(DIRECTORY, ["t"], origin.load);
    expect(origin.loads).toBe(1);
    vi.setSystemTime(DIRECTORY.ttlMs);
    await cache.read(DIRECTORY, ["t"], origin.load);
    await open().cache.read(DIRECTORY, ["t"], origin.load);
    expect(origin.loads).toBe(2);
  });

  it("lets an entry live no longer than the definition says now, nor than our own clock", async () => {
    const { cache, origin, open, kv, settled } = openCache();
    vi.setSystemTime(1_000_000);
    await cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    vi.setSystemTime(1_010_000);
    const shorter = defineCache({ ...DIRECTORY, ttlMs: 10_000 });
    await open().cache.read(shorter, ["t"], origin.load);
    expect(origin.loads).toBe(2);
    await settled();
    vi.setSystemTime(0);
    const { cache: behind } = open();
    await behind.read(DIRECTORY, ["t"], origin.load);
    expect(origin.loads).toBe(2);
    kv.entries.clear();
    vi.setSystemTime(DIRECTORY.ttlMs);
    await behind.read(DIRECTORY, ["t"], origin.load);
    expect(origin.loads).toBe(3);
  });

  it.each([
    [1_000, "put 60"],
    [90_500, "put 91"],
  ])("asks KV to expire an entry after its life, 60 s at least: %d ms", async (ttlMs, put) => {
    const { cache, origin, kv, settled } = openCache();
    await cache.read(defineCache({ ...DIRECTORY, ttlMs }), ["t"], origin.load);
    await settled();
    expect(kv.calls).toContain(put);
  });

  it("keeps arguments, definitions and schema versions apart", async () => {
    const { cache, origin } = openCache();
    const newer = defineCache({ ...DIRECTORY, schemaVersion: 2 });
    const namesake = defineCache({ ...DIRECTORY, name: "test.other" });
    await cache.read(DIRECTORY, ["t"], origin.load);
    await cache.read(DIRECTORY, ["u"], origin.load);
    await cache.read(newer, ["t"], origin.load);
    await cache.read(namesake, ["t"], origin.load);
    expect(origin.loads).toBe(4);
  });

  it("gives an answer that no request can change for another", async () => {
    const { cache, origin } = openCache();
    const directory = await cache.read(DIRECTORY, ["t"], origin.load);
    expect(() => directory.members.push("eve")).toThrow(TypeError);
    expect((await cache.read(DIRECTORY, ["t"], origin.load)).members).toEqual(["ada"]);
  });

  it("passes on what does not fit its definition and keeps none of it", async () => {
    const { cache, kv, isolate } = openCache();
    const odd = { team: "t", members: ["ada"], extra: 1 };
    expect(await cache.read(DIRECTORY, ["t"], async () => odd)).toBe(odd);
    expect(await cache.read(DIRECTORY, ["t"], async () => odd)).toBe(odd);
    expect(kv.entries.size).toBe(0);
    expect(isolate.metrics.totals()).toMatchObject({ misses: 2, errors: 2, corrupt: 0 });
  });

  it("refuses a definition whose entries outlive the versions they depend on", () => {
    expect(() => defineCache({ ...DIRECTORY, ttlMs: 31 * 86_400_000 })).toThrow(RangeError);
    expect(() => defineCache({ ...DIRECTORY, ttlMs: 0 })).toThrow(RangeError);
  });
});

describe("an entry that is not what was stored", () => {
  it.each([
    ["damaged", (bytes: Uint8Array) => bytes.with(90, 0)],
    ["cut off", (bytes: Uint8Array) => bytes.slice(0, -1)],
    ["empty", () => new Uint8Array(0)],
    ["something else's", () => utf8('{"team":"t","members":["eve"]}')],
    ["too large", () => new Uint8Array(MAX_ENTRY_BYTES + 1)],
  ])("is deleted, counted and loaded anew: %s", async (_name, spoil) => {
    const { cache, origin, open, kv, settled } = openCache();
    const good = await cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    for (const [key, bytes] of kv.entries) kv.entries.set(key, Uint8Array.from(spoil(bytes)));
    kv.calls = [];
    const { cache: other, isolate } = open();
    expect(await other.read(DIRECTORY, ["t"], origin.load)).toEqual(good);
    await settled();
    expect(kv.calls).toEqual(["get", "delete", "put 60"]);
    expect(isolate.metrics.totals()).toMatchObject({ corrupt: 1, misses: 1, hits: 0 });
    await open().cache.read(DIRECTORY, ["t"], origin.load);
    expect(origin.loads).toBe(2);
  });

  it("is recognised although its digest is right: another shape under the same version", async () => {
    const { open, origin, kv, settled } = openCache();
    await open().cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    const [key = ""] = kv.entries.keys();
    const body = '{"team":"t","members":"eve"}';
    const bytes = await seal(key, { schemaVersion: 1, storedAt: 0, ttl: 60_000, body });
    kv.entries.set(key, bytes ?? new Uint8Array(0));
    const { cache, isolate } = open();
    expect(await cache.read(DIRECTORY, ["t"], origin.load)).toEqual({
      team: "t",
      members: ["ada"],
    });
    expect(isolate.metrics.totals().corrupt).toBe(1);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { TagIndex } from "../tag-index/tag-index.ts";
import { teamTag } from "../tag-index/tags.ts";
import { DIRECTORY, openCache, TOLERANT } from "./cache-for-tests.ts";

const ANSWER = { team: "t", members: ["ada"] };
const down = () => Promise.reject(new Error("down"));
const hung = () => new Promise<never>(() => {});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Digests under way. */
let digesting = 0;
const { subtle } = crypto;
const digest = subtle.digest.bind(subtle);
vi.spyOn(subtle, "digest").mockImplementation(async (...args) => {
  digesting += 1;
  return digest(...args).finally(() => (digesting -= 1));
});

/** The answer, and how long it took on the fake clock. */
const timed = async <T>(work: Promise<T>): Promise<{ value: T; ms: number }> => {
  const began = Date.now();
  const ended = work.then((value) => ({ value, ms: Date.now() - began }));
  const state = { pending: true };
  void ended.finally(() => (state.pending = false)).catch(() => {});
  while (state.pending) {
    await new Promise((resolve) => setImmediate(resolve));
    // Digests end on another thread: time stands still while they do.
    if (digesting === 0) await vi.advanceTimersByTimeAsync(1);
  }
  return ended;
};

describe("a KV that is down", () => {
  it.each([
    ["fails", down],
    ["hangs", hung],
  ])("does not change the answer, and costs at most 150 ms: it %s", async (_how, fault) => {
    const { cache, origin, kv, isolate } = openCache();
    kv.before = fault;
    const { value, ms } = await timed(cache.read(DIRECTORY, ["t"], origin.load));
    expect(value).toEqual(ANSWER);
    expect(ms).toBeLessThanOrEqual(150);
    expect(isolate.metrics.totals()).toMatchObject({ misses: 1, fallbacks: 1, corrupt: 0 });
  });

  it("is not asked any more once its circuit is open, and asked again 30 s later", async () => {
    const { cache, origin, kv, isolate } = openCache();
    kv.before = down;
    for (const team of ["a", "b", "c", "d", "e"])
      await timed(cache.read(DIRECTORY, [team], origin.load));
    expect(isolate.circuit.state).toBe("open");
    kv.calls = [];
    expect(await timed(cache.read(DIRECTORY, ["f"], origin.load))).toEqual({
      value: ANSWER,
      ms: 0,
    });
    expect(kv.calls).toEqual([]);
    kv.before = async () => {};
    await vi.advanceTimersByTimeAsync(30_000);
    await timed(cache.read(DIRECTORY, ["g"], origin.load));
    expect(kv.calls).toContain("get");
    expect(isolate.circuit.state).toBe("closed");
  });

  it("does not stop the memory of the isolate", async () => {
    const { cache, origin, kv } = openCache();
    kv.before = hung;
    await timed(cache.read(DIRECTORY, ["t"], origin.load));
    expect(await timed(cache.read(DIRECTORY, ["t"], origin.load))).toEqual({
      value: ANSWER,
      ms: 0,
    });
    expect(origin.loads).toBe(1);
  });

  it("keeps nobody waiting for a write", async () => {
    const { cache, origin, kv, isolate, settled } = openCache();
    kv.before = (call) => (call === "get" ? Promise.resolve() : hung());
    expect(await timed(cache.read(DIRECTORY, ["t"], origin.load))).toEqual({
      value: ANSWER,
      ms: 0,
    });
    expect((await timed(settled())).ms).toBeLessThanOrEqual(5_000);
    expect(isolate.metrics.totals()).toMatchObject({ errors: 1, fallbacks: 0 });
  });
});

describe("a KV that is slow to delete what was damaged", () => {
  it("does not delete what was mended", async () => {
    const { cache, origin, open, kv, settled } = openCache();
    await cache.read(DIRECTORY, ["t"], origin.load);
    await settled();
    for (const [key, bytes] of kv.entries) kv.entries.set(key, bytes.with(90, 0));
    kv.before = async (call) => {
      if (call === "delete") await new Promise((resolve) => setTimeout(resolve, 500));
    };
    await timed(open().cache.read(DIRECTORY, ["t"], origin.load));
    await timed(settled());
    expect(kv.entries.size).toBe(1);
  });
});

describe("a tag index that is down", () => {
  it.each([
    ["fails", { versionsOf: down, invalidate: down }],
    ["hangs", { versionsOf: hung, invalidate: hung }],
    ["lies", { versionsOf: async () => new Map(), invalidate: down }],
  ] satisfies [string, TagIndex][])("sends every read to the origin: it %s", async (_how, tags) => {
    const { cache, origin, kv, isolate } = openCache({ tags });
    await timed(cache.read(TOLERANT, ["t"], origin.load));
    origin.members = ["ben"];
    const { value, ms } = await timed(cache.read(TOLERANT, ["t"], origin.load));
    expect(value.members).toEqual(["ben"]);
    expect(ms).toBeLessThanOrEqual(1_000);
    expect(kv.calls).toEqual([]);
    expect(isolate.metrics.totals()).toEqual({
      hits: 0,
      misses: 2,
      errors: 2,
      fallbacks: 2,
      corrupt: 0,
    });
  });
});

describe("an origin that is down", () => {
  const fault = new Error("origin down");

  it("is what the caller hears of when nothing is kept", async () => {
    const { cache, origin } = openCache();
    origin.fault = fault;
    await expect(cache.read(TOLERANT, ["t"], origin.load)).rejects.toBe(fault);
  });

  it("lets an entry that is over be served where the definition says so, and only there", async () => {
    const { cache, origin, kv, settled } = openCache();
    await cache.read(TOLERANT, ["t"], origin.load);
    await cache.read(DIRECTORY, ["u"], origin.load);
    await settled();
    kv.entries.clear();
    origin.fault = fault;
    vi.setSystemTime(DIRECTORY.ttlMs);
    expect(await cache.read(TOLERANT, ["t"], origin.load)).toEqual(ANSWER);
    await expect(cache.read(DIRECTORY, ["u"], origin.load)).rejects.toBe(fault);
  });

  it("lets KV serve one too, until its stale time is over", async () => {
    const { cache, origin, open, settled } = openCache();
    await cache.read(TOLERANT, ["t"], origin.load);
    await settled();
    origin.fault = fault;
    vi.setSystemTime(TOLERANT.ttlMs + TOLERANT.staleIfErrorMs - 1);
    const { cache: other, isolate } = open();
    expect(await other.read(TOLERANT, ["t"], origin.load)).toEqual(ANSWER);
    expect(isolate.metrics.totals()).toMatchObject({ fallbacks: 1, hits: 0 });
    vi.setSystemTime(TOLERANT.ttlMs + TOLERANT.staleIfErrorMs);
    await expect(open().cache.read(TOLERANT, ["t"], origin.load)).rejects.toBe(fault);
  });

  it("never brings back what was invalidated", async () => {
    const { cache, origin, index } = openCache();
    await cache.read(TOLERANT, ["t"], origin.load);
    await index.invalidate([teamTag("t")], Date.now());
    origin.fault = fault;
    await expect(cache.read(TOLERANT, ["t"], origin.load)).rejects.toBe(fault);
  });
});

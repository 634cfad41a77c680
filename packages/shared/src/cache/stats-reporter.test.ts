import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FAILURES_TO_OPEN } from "./circuit.ts";
import { createCacheIsolate } from "./isolate.ts";
import { createStatsReporter, POST_EVERY_MS } from "./stats-reporter.ts";
import type { IsolatePost } from "./stats-report.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const open = () => {
  const isolate = createCacheIsolate({ clock: Date.now, random: () => 0.5 });
  const reporter = createStatsReporter(isolate, "isolate");
  const posts: IsolatePost[] = [];
  const stats = {
    answer: async () => ({ generation: 0 }),
    post: (post: IsolatePost) => {
      posts.push(post);
      return stats.answer();
    },
  };
  const serve = async () => {
    const background: Promise<unknown>[] = [];
    reporter.served(stats, (work) => background.push(work));
    await Promise.all(background);
  };
  const breakCircuit = async () => {
    for (let call = 0; call < FAILURES_TO_OPEN; call += 1)
      await isolate.circuit.call(() => Promise.reject(new Error("down"))).catch(() => {});
  };
  return { isolate, posts, stats, serve, breakCircuit };
};

describe("an isolate's report", () => {
  it("is posted with the first request and then at most every ten seconds", async () => {
    const { posts, serve } = open();
    for (let second = 0; second <= 30; second += 1) {
      for (let request = 0; request < 50; request += 1) await serve();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(posts).toHaveLength(4);
  });

  it("says what was counted since the isolate began and how its circuit stands", async () => {
    const { isolate, posts, serve, breakCircuit } = open();
    isolate.metrics.count("hits");
    await serve();
    isolate.metrics.count("hits");
    await breakCircuit();
    await vi.advanceTimersByTimeAsync(POST_EVERY_MS);
    await serve();
    expect(posts).toMatchObject([
      { isolate: "isolate", generation: 0, hits: 1, state: "closed", failures: 0 },
      { isolate: "isolate", generation: 0, hits: 2, state: "open", failures: 5 },
    ]);
  });

  it("carries a reset back within ten seconds, once", async () => {
    const { isolate, stats, posts, serve, breakCircuit } = open();
    await serve();
    await breakCircuit();
    stats.answer = async () => ({ generation: 1 });
    await vi.advanceTimersByTimeAsync(POST_EVERY_MS);
    await serve();
    expect(isolate.circuit.state).toBe("closed");
    await breakCircuit();
    await vi.advanceTimersByTimeAsync(POST_EVERY_MS);
    await serve();
    expect(isolate.circuit.state).toBe("open");
    expect(posts.at(-1)).toMatchObject({ generation: 1, state: "open" });
  });

  it("loses nothing by a post that fails", async () => {
    const { isolate, stats, posts, serve } = open();
    isolate.metrics.count("misses");
    stats.answer = () => Promise.reject(new Error("down"));
    await serve();
    isolate.metrics.count("misses");
    stats.answer = async () => ({ generation: 0 });
    await vi.advanceTimersByTimeAsync(POST_EVERY_MS);
    await serve();
    expect(posts.map(({ misses }) => misses)).toEqual([1, 2]);
  });

  it("goes on although a post hangs for ever", async () => {
    const { stats, posts, serve } = open();
    stats.answer = () => new Promise(() => {});
    void serve();
    await vi.advanceTimersByTimeAsync(POST_EVERY_MS);
    void serve();
    expect(posts).toHaveLength(2);
  });
});

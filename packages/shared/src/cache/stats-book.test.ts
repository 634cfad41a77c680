import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";

import { NO_COUNTS } from "./metrics.ts";
import { openStatsBook, RETIRE_AFTER_MS, type SqlStore } from "./stats-book.ts";
import type { IsolatePost } from "./stats-report.ts";

const open = () => {
  const sqlite = new DatabaseSync(":memory:");
  const writes: string[] = [];
  const store: SqlStore = {
    exec: (text, ...params) => {
      if (!/^\s*(SELECT|CREATE)/.test(text)) writes.push(text);
      const bound = params.map((value) => (typeof value === "boolean" ? Number(value) : value));
      const rows = sqlite.prepare(text).all(...bound);
      return { toArray: () => rows };
    },
  };
  const count = () => sqlite.prepare("SELECT count(*) AS n FROM isolates").get()?.["n"];
  return { store, writes, count, book: openStatsBook(store) };
};

const post = (isolate: string, over: Partial<IsolatePost> = {}): IsolatePost => ({
  ...NO_COUNTS,
  isolate,
  generation: 0,
  state: "closed",
  failures: 0,
  ...over,
});
const CLOSED = { circuitBreakerState: "closed", circuitBreakerFailures: 0 };

describe("the book of all isolates", () => {
  it("reports nothing before anybody posted", () => {
    expect(open().book.report(0)).toEqual({ ...NO_COUNTS, ...CLOSED, hitRate: 0 });
  });

  it("adds up the totals of all isolates", () => {
    const { book } = open();
    book.record(post("a", { hits: 3, misses: 1 }), 1);
    book.record(post("b", { hits: 3, misses: 1, errors: 2, fallbacks: 5, corrupt: 7 }), 2);
    expect(book.report(3)).toEqual({
      hits: 6,
      misses: 2,
      errors: 2,
      fallbacks: 5,
      corrupt: 7,
      hitRate: 0.75,
      ...CLOSED,
    });
  });

  it("counts a post once that arrives twice, or late", () => {
    const { book } = open();
    book.record(post("a", { hits: 3 }), 1);
    book.record(post("a", { hits: 8 }), 2);
    book.record(post("a", { hits: 8 }), 3);
    book.record(post("a", { hits: 3 }), 4);
    expect(book.report(5).hits).toBe(8);
  });

  it("writes one row per post", () => {
    const { book, writes, count } = open();
    for (let turn = 0; turn < 10; turn += 1) book.record(post("a", { hits: turn }), turn);
    expect([writes.length, count()]).toEqual([10, 1]);
  });

  it("is the same after the object was evicted", () => {
    const { book, store } = open();
    book.record(post("a", { hits: 3, state: "open", failures: 5 }), 1);
    book.reset(0);
    const again = openStatsBook(store);
    expect(again.report(2)).toEqual(book.report(2));
    expect(again.record(post("b"), 3)).toEqual({ generation: 1 });
  });

  it("shows the worst circuit among the isolates heard of within a minute", () => {
    const { book } = open();
    book.record(post("a", { state: "open", failures: 5 }), 1_000);
    book.record(post("b", { state: "half_open", failures: 7 }), 2_000);
    book.record(post("c", { failures: 2 }), 3_000);
    const shown = (now: number) => {
      const { circuitBreakerState, circuitBreakerFailures } = book.report(now);
      return [circuitBreakerState, circuitBreakerFailures];
    };
    expect(shown(61_000)).toEqual(["open", 7]);
    expect(shown(61_001)).toEqual(["half_open", 7]);
    expect(shown(62_001)).toEqual(["closed", 2]);
    expect(shown(63_001)).toEqual(["closed", 0]);
  });

  it("tells every isolate of a reset, and takes those that have not heard of it for closed", () => {
    const { book } = open();
    const broken = { state: "open", failures: 5 } as const;
    book.record(post("a", broken), 1);
    book.reset(2);
    expect(book.report(3)).toMatchObject(CLOSED);
    expect(book.record(post("a", broken), 4)).toEqual({ generation: 1 });
    expect(book.report(5)).toMatchObject(CLOSED);
    book.record(post("a", { ...broken, generation: 1 }), 6);
    expect(book.report(7).circuitBreakerState).toBe("open");
    book.reset(8);
    expect(book.record(post("b"), 9)).toEqual({ generation: 2 });
  });

  it("keeps the totals of isolates that are gone, in one row", () => {
    const { book, count } = open();
    for (const isolate of ["a", "b", "c"]) book.record(post(isolate, { hits: 2, errors: 1 }), 0);
    book.record(post("d", { hits: 1 }), RETIRE_AFTER_MS);
    expect(book.retire(RETIRE_AFTER_MS)).toBe(true);
    expect(count()).toBe(4);
    expect(book.retire(RETIRE_AFTER_MS + 1)).toBe(true);
    expect(count()).toBe(2);
    expect(book.retire(3 * RETIRE_AFTER_MS)).toBe(false);
    expect(count()).toBe(1);
    expect(book.report(0)).toMatchObject({ hits: 7, errors: 3 });
    expect(book.retire(4 * RETIRE_AFTER_MS)).toBe(false);
    expect(book.report(0)).toMatchObject({ hits: 7, errors: 3 });
  });
});

import { describe, expect, it } from "vitest";

import type { Result } from "./settle-store.ts";
import { createWriter } from "./write-results.ts";

const resultOf = (id: string): Result => ({
  id,
  fence: 1,
  address: null,
  outcome: { class: "sent", code: "smtp_250", detail: "", providerId: null },
  settlement: { state: "sent", nextAt: 0, attempts: 1, reason: "smtp_250" },
});

/** A ledger that answers when it is told to; the first writes fail. */
const ledgerThat = (failures: number) => {
  const writes: string[][] = [];
  const settle = async (results: readonly Result[]): Promise<ReadonlySet<string>> => {
    writes.push(results.map(({ id }) => id));
    await Promise.resolve();
    if (writes.length <= failures) throw new Error("no answer");
    return new Set(results.map(({ id }) => id));
  };
  return { writes, settle };
};

describe("the writer", () => {
  it("writes together what came while it was writing", async () => {
    const ledger = ledgerThat(0);
    const written: string[] = [];
    const writer = createWriter(ledger, Date.now, (_results, ours) => written.push(...ours));
    await Promise.all(["a", "b", "c", "d"].map((id) => writer.put(resultOf(id))));
    await writer.close();
    expect(ledger.writes).toEqual([["a"], ["b", "c", "d"]]);
    expect(written).toEqual(["a", "b", "c", "d"]);
  });

  it("writes again what a database that stumbled did not take: the mail has gone out", async () => {
    const ledger = ledgerThat(2);
    const written: string[] = [];
    const writer = createWriter(ledger, Date.now, (_results, ours) => written.push(...ours));
    await writer.put(resultOf("a"));
    await writer.close();
    expect(ledger.writes).toEqual([["a"], ["a"], ["a"]]);
    expect(written).toEqual(["a"]);
  });

  it("takes nothing more from a database that is down", async () => {
    const writer = createWriter(ledgerThat(99), Date.now, () => {});
    await writer.put(resultOf("a"));
    await expect(writer.close()).rejects.toThrow("no answer");
    await expect(writer.put(resultOf("b"))).rejects.toThrow("no answer");
  });
});

import { appendFile, readFile } from "node:fs/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openJournal } from "./journal.ts";
import { temporaryFolder } from "./test-folder.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe("journal", () => {
  it("has every appended record on disk when append resolves", async () => {
    const file = folder.path("deep/er/j.jsonl");
    const { journal } = await openJournal<number>(file);
    await Promise.all([journal.append(1), journal.append(2), journal.append(3)]);
    expect(await readFile(file, "utf8")).toBe("1\n2\n3\n");
    await journal.close();
  });

  it("keeps what comes after a line torn by a crash", async () => {
    const file = folder.path("j.jsonl");
    await appendFile(file, '{"a":1}\n{"a":');
    const first = await openJournal<{ a: number }>(file);
    expect(first.records).toEqual([{ a: 1 }]);
    await first.journal.append({ a: 2 });
    await first.journal.close();
    const second = await openJournal<{ a: number }>(file);
    expect(second.records).toEqual([{ a: 1 }, { a: 2 }]);
    await second.journal.close();
  });

  it("appends to the new file after a replacement", async () => {
    const file = folder.path("j.jsonl");
    const { journal } = await openJournal<number>(file);
    await journal.append(1);
    await journal.replace([7]);
    await journal.append(8);
    expect(await readFile(file, "utf8")).toBe("7\n8\n");
    await journal.close();
  });

  it("rejects an append to a file that is closed", async () => {
    const { journal } = await openJournal<number>(folder.path("j.jsonl"));
    await journal.close();
    await expect(journal.append(1)).rejects.toThrow("closed");
  });
});

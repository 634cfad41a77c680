import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

const IMPORT = /^(?:import|export) (?!type )[^;]*?from "(\.\/[^"]+)"/gm;

/** Every file of ours that the Worker loads, from its first one on. */
const loadedFrom = (file: string, loaded = new Set<string>()): Set<string> => {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const source = readFileSync(join(import.meta.dirname, file), "utf8");
  for (const [, next = ""] of source.matchAll(IMPORT)) loadedFrom(next, loaded);
  return loaded;
};

it("are no part of the Worker, nor is any fixture", () => {
  const loaded = [...loadedFrom("./index.ts")];
  expect(loaded).toContain("./render-mail.ts");
  expect(loaded.filter((file) => /samples|fixture|test/.test(file))).toEqual([]);
});

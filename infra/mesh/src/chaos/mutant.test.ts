import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { findService, readServices } from "luna/service";
import { ROOT } from "luna/root";
import { afterEach, beforeEach, expect, it } from "vitest";

import { mutantOf } from "./mutant.ts";
import { KEY_OF_ITS_OWN, LAST_STANDS, MUTANT_SPEAKS } from "./mutations.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "luna-mutant-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const billing = findService(readServices(ROOT), "billing-webhook");

it.each([LAST_STANDS, KEY_OF_ITS_OWN, MUTANT_SPEAKS])(
  "a mutant differs in the one place that it names: $file",
  (mutation) => {
    const original = readFileSync(join(billing.folder, mutation.file), "utf8");
    expect(mutantOf(billing, folder, [mutation]).endsWith("index.ts")).toBe(true);
    const changed = readFileSync(join(folder, "mutants/billing-webhook", mutation.file), "utf8");
    expect(changed).toBe(original.replace(mutation.from, () => mutation.to));
    expect(changed).not.toBe(original);
  },
);

it("a mutation that does not find its place is refused", () => {
  const lost = { ...LAST_STANDS, from: "nothing says this" };
  expect(() => mutantOf(billing, folder, [lost])).toThrow("does not say once");
});

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Complaint, readSettings } from "../settings.ts";
import { prepare } from "./prepare.ts";
import { makeStateDir } from "./state-dir.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "luna-state-"));
  writeFileSync(join(place, "file"), "");
});
afterEach(() => rmSync(place, { recursive: true }));

describe("the state directory", () => {
  it.each(["file", "file/below"])("cannot be at %s: one line says what to change", async (name) => {
    const settings = readSettings({ STATE_DIR: name }, place);
    const failed: unknown = await prepare(settings).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Complaint);
    expect(String(failed)).toMatch(/STATE_DIR to a folder/);
    expect(String(failed)).toContain(join(place, name));
    expect(String(failed)).not.toContain("\n");
  });

  it("is made with what is above it, and may be there already", () => {
    const stateDir = join(place, "a", "b");
    makeStateDir(stateDir);
    makeStateDir(stateDir);
    expect(statSync(stateDir).isDirectory()).toBe(true);
  });

  it.skipIf(process.getuid?.() === 0)("must be writable", () => {
    const stateDir = join(place, "shut");
    mkdirSync(stateDir, { mode: 0o500 });
    expect(() => makeStateDir(stateDir)).toThrow(Complaint);
  });
});

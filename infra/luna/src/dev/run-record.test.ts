import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Complaint } from "../settings.ts";
import type { Process } from "./processes.ts";
import { forget, isAlive, orphansOf, reap, record, type RunRecord } from "./run-record.ts";

const EARLY = "Sat Nov 21 03:00:00 2026";
const LATE = "Sat Nov 21 03:00:05 2026";
const run: RunRecord = {
  owner: { pid: 10, started: EARLY },
  groups: [{ pid: 20, started: EARLY }],
  port: 8787,
};
const listed = (pid: number, group: number, started: string, command: string): Process => ({
  pid,
  group,
  started,
  command,
});

describe("orphansOf", () => {
  it("finds the whole group of a killed run, its leader alive or not", () => {
    const leader = listed(20, 20, EARLY, "node guard.mjs wrangler dev");
    const runtime = listed(21, 20, LATE, "workerd serve");
    expect(orphansOf(run, [leader, runtime])).toEqual([leader, runtime]);
    expect(orphansOf(run, [runtime])).toEqual([runtime]);
  });

  it("spares a stranger who got the leader's id later", () => {
    const stranger = listed(20, 20, LATE, "workerd serve");
    expect(orphansOf(run, [stranger])).toEqual([]);
  });

  it("spares what is older than the run, and what we never start", () => {
    const older = listed(21, 20, "Sat Nov 21 02:00:00 2026", "workerd serve");
    const editor = listed(22, 20, LATE, "vim");
    expect(orphansOf(run, [older, editor])).toEqual([]);
  });
});

describe("isAlive", () => {
  it("tells the owner from a later process with its id", () => {
    expect(isAlive(run, [listed(10, 10, EARLY, "node main.ts dev")])).toBe(true);
    expect(isAlive(run, [listed(10, 10, LATE, "node main.ts dev")])).toBe(false);
  });
});

describe("a state directory", () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), "luna-run-"));
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  it("is refused while its run lives, and free once that run forgot it", async () => {
    record(stateDir, 8787, []);
    await expect(reap(stateDir)).rejects.toThrow(Complaint);
    forget(stateDir);
    expect(await reap(stateDir)).toBe(0);
  });

  it("is cleaned of the processes a killed run left", async () => {
    const sleep = ["-e", "setInterval(() => {}, 1000)", "workerd"];
    const orphan = spawn(process.execPath, sleep, { detached: true, stdio: "ignore" });
    const gone = new Promise((done) => {
      orphan.once("exit", done);
    });
    const owner = `
      const { record } = await import(${JSON.stringify(join(import.meta.dirname, "run-record.ts"))});
      record(${JSON.stringify(stateDir)}, 8787, [${orphan.pid}]);`;
    const killed = spawn(process.execPath, ["--input-type=module", "-e", owner]);
    await new Promise((done) => {
      killed.once("exit", done);
    });
    expect(await reap(stateDir)).toBe(1);
    await gone;
    expect(orphan.signalCode).toBe("SIGKILL");
  });
});

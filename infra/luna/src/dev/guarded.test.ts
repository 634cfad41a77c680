import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { describe, expect, it, vi } from "vitest";

import { startGuarded } from "./guarded.ts";

/** A command that ignores polite requests and has a child that does too. */
const STUBBORN = [
  process.execPath,
  "-e",
  `process.on("SIGTERM", () => {});
   const child = require("node:child_process").spawn(process.execPath,
     ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: "ignore" });
   console.log(process.pid + " " + child.pid);
   setInterval(() => {}, 1000);`,
];

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Those still alive after all had time to die; empty is what we want. */
const survivors = async (pids: readonly number[]): Promise<readonly number[]> => {
  const none = () => (pids.some(alive) ? Promise.reject(new Error("still alive")) : pids);
  await vi.waitFor(none, { timeout: 20_000, interval: 50 }).catch(() => undefined);
  return pids.filter(alive);
};

const firstLine = async (stream: NodeJS.ReadableStream): Promise<number[]> => {
  const [line] = (await once(createInterface({ input: stream }), "line")) as [string];
  return line.split(" ").map(Number);
};

describe("a guarded command", () => {
  it("is stopped with all it started, even if it ignores the request", async () => {
    const guarded = startGuarded(STUBBORN, { cwd: process.cwd(), env: process.env });
    const pids = await firstLine(guarded.output);
    expect(pids.every(alive)).toBe(true);
    await guarded.stop();
    expect(await survivors(pids)).toEqual([]);
  });

  it("dies when whoever started it is killed", async () => {
    const guarded = JSON.stringify(join(import.meta.dirname, "guarded.ts"));
    const owner = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `const { startGuarded } = await import(${guarded});
       const { output } = startGuarded(${JSON.stringify(STUBBORN)}, { cwd: ".", env: process.env });
       output.pipe(process.stdout);`,
    ]);
    const pids = await firstLine(owner.stdout);
    expect(pids.every(alive)).toBe(true);
    owner.kill("SIGKILL");
    expect(await survivors(pids)).toEqual([]);
  });

  it("takes its children along when it ends by itself", async () => {
    const script = `const child = require("node:child_process").spawn(process.execPath,
      ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      console.log(child.pid); setTimeout(() => process.exit(1), 200);`;
    const command = [process.execPath, "-e", script];
    const guarded = startGuarded(command, { cwd: process.cwd(), env: process.env });
    const pids = await firstLine(guarded.output);
    await guarded.ended;
    expect(await survivors(pids)).toEqual([]);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

import { signal } from "./processes.ts";

/** Longer than the guard's own grace, so that this is only the fallback. */
const FALLBACK_MS = 4_000;

/** A command that dies with us, whatever kills us. */
export interface Guarded {
  group: number;
  output: NonNullable<ChildProcess["stdout"]>;
  errors: NonNullable<ChildProcess["stderr"]>;
  ended: Promise<void>;
  /** Asks politely, then kills the group; resolves when it is gone. */
  stop: () => Promise<void>;
  kill: () => void;
}

export const startGuarded = (
  command: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Guarded => {
  const guard = join(import.meta.dirname, "guard.mjs");
  const child = spawn(process.execPath, [guard, ...command], {
    ...options,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) throw new Error(`could not start ${process.execPath}`);
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
  });
  stdin.on("error", () => undefined); // It may be gone before we close its pipe.
  const kill = () => signal(-pid, "SIGKILL");
  const stop = async () => {
    stdin.end();
    const fallback = setTimeout(kill, FALLBACK_MS);
    await ended;
    clearTimeout(fallback);
  };
  return { group: pid, output: stdout, errors: stderr, ended, stop, kill };
};

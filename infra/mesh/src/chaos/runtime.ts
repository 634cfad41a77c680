import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { treeOf } from "../real-mesh.ts";

/**
 * wrangler runs two workerds: one listens on the public port and passes on, the other works. The
 * latter's id; `null` while wrangler is starting one.
 */
export const runtimeOf = (root: number, frontPort: number): number | null => {
  const ids = treeOf(root).join(",");
  const { stdout } = spawnSync("ps", ["-ww", "-o", "pid=,args=", "-p", ids], { encoding: "utf8" });
  const runtime = stdout
    .split("\n")
    .find(
      (line) => /\bworkerd serve\b/.test(line) && !line.includes(`entry=127.0.0.1:${frontPort}`),
    );
  return runtime === undefined ? null : Number.parseInt(runtime, 10);
};

/** The process groups below a process: what starts in one of them later belongs to it too. */
export const groupsOf = (root: number): number[] => {
  const ids = treeOf(root).join(",");
  const { stdout } = spawnSync("ps", ["-o", "pgid=", "-p", ids], { encoding: "utf8" });
  return [...new Set(stdout.split("\n").map(Number))].filter((group) => group > 1);
};

/** When a process began, where the system tells it without another process: ids come again. */
const beganAt = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? "";
  } catch {
    return "";
  }
};

/**
 * Remembers processes, or groups as negative ids, and returns what kills them all at once (`kill -9`)
 * and tells how many of them were still there.
 */
export const aimAt = (ids: readonly number[]): (() => number) => {
  const known = ids.map((id) => ({ id, began: beganAt(Math.abs(id)) }));
  return () =>
    known.filter(({ id, began }) => {
      if (beganAt(Math.abs(id)) !== began) return false;
      try {
        return process.kill(id, "SIGKILL");
      } catch {
        return false;
      }
    }).length;
};

/** Whether there was one to kill. */
export const killRuntime = (root: number, frontPort: number): boolean => {
  const pid = runtimeOf(root, frontPort);
  return pid !== null && aimAt([pid])() > 0;
};

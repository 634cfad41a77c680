import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The runtime that Miniflare itself would start: the package of its own dependency. */
const RUNTIME = "workerd";
const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));

/** Linux counts processor time in ticks of 10 ms. */
const TICK_MS = 10;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Processor time that a process has used, in milliseconds; NaN where /proc does not exist. */
const cpuOf = (pid: string): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
};

/**
 * Makes Miniflare start workerd with its output going nowhere: Workers pay for every line they log,
 * but nobody parses the lines on the processor that is being measured. Restores nothing: call `done`.
 */
export const quietRuntime = () => {
  const folder = mkdtempSync(join(tmpdir(), "luna-bench-"));
  const script = join(folder, "workerd");
  const pidFile = join(folder, "pid");
  const { default: workerd } = fromMiniflare(RUNTIME) as { default: string };
  writeFileSync(script, `#!/bin/sh\necho $$ >"${pidFile}"\nexec "${workerd}" "$@" >/dev/null\n`);
  chmodSync(script, 0o700);
  process.env["MINIFLARE_WORKERD_PATH"] = script;
  return {
    cpuMs: () => cpuOf(readFileSync(pidFile, "utf8").trim()),
    pid: () => Number(readFileSync(pidFile, "utf8")),
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
};
export type Runtime = ReturnType<typeof quietRuntime>;

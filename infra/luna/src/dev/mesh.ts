import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { ROOT } from "../root.ts";
import { Complaint } from "../settings.ts";
import { startGuarded, type Guarded } from "./guarded.ts";
import { probe } from "./health.ts";

/** A cold cache on two busy cores took 25 s; beyond a minute something is broken. */
const START_LIMIT_MS = 90_000;
const POLL_MS = 100;
const PROBE_LIMIT_MS = 2_000;
/** Enough of wrangler's last words to explain a failed start. */
const KEPT_LINES = 40;
/** What our own asking makes wrangler and the gateway print: it would push the reason out. */
const ECHO = /\[wrangler:info\]|"path":"\/health"/;

export interface Mesh {
  process: Guarded;
  /** Its last lines, oldest first, for when something went wrong. */
  tail: () => string[];
}

/** Starts wrangler and sends every line it prints to `print`. */
export const startMesh = (
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Mesh => {
  const process = startGuarded(command, { cwd: ROOT, env });
  const kept: string[] = [];
  const take = (line: string) => {
    if (!ECHO.test(line)) kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    print(line);
  };
  createInterface({ input: process.output }).on("line", take);
  createInterface({ input: process.errors }).on("line", take);
  return { process, tail: () => [...kept] };
};

/**
 * Resolves when `GET url` answers 200. Throws `Complaint` if wrangler ends first or nobody is
 * healthy within the limit; the caller shows `tail()`.
 */
export const untilHealthy = async (mesh: Mesh, url: string): Promise<void> => {
  let ended = false;
  void mesh.process.ended.then(() => {
    ended = true;
  });
  const deadline = performance.now() + START_LIMIT_MS;
  let last = "silent";
  while (performance.now() < deadline) {
    if (ended) throw new Complaint("wrangler stopped while it was starting.");
    last = await probe(url, PROBE_LIMIT_MS);
    if (last === "healthy") return;
    await sleep(POLL_MS);
  }
  throw new Complaint(`${url} is still ${last} after ${START_LIMIT_MS / 1000} s.`);
};

import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { ROOT } from "../root.ts";
import { Complaint } from "../settings.ts";
import { startGuarded, type Guarded } from "./guarded.ts";
import { probe } from "./health.ts";
import { misconfigurations } from "./misconfigurations.ts";

/** A cold cache on two busy cores took 25 s; beyond a minute something is broken. */
const START_LIMIT_MS = 90_000;
const POLL_MS = 100;
/** Services start one after another: so long after the last new word, all of them have complained. */
const COMPLAINTS_END_MS = 3_000;
const PROBE_LIMIT_MS = 2_000;
/** Enough of wrangler's last words to explain a failed start. */
const KEPT_LINES = 40;
/** What our own asking makes wrangler and the gateway print: it would push the reason out. */
const ECHO = /\[wrangler:info\]|"path":"\/health"/;

export interface Mesh {
  process: Guarded;
  /** Its last lines, oldest first, for when something went wrong. */
  tail: () => string[];
  /** Which variables its services cannot start with, in words; empty when all is well. */
  complaints: () => string[];
}

/** Starts wrangler and sends every line it prints to `print`. */
export const startMesh = (
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Mesh => {
  const process = startGuarded(command, { cwd: ROOT, env });
  const kept: string[] = [];
  const wrong = misconfigurations();
  const take = (line: string) => {
    wrong.read(line);
    if (!ECHO.test(line)) kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    print(line);
  };
  createInterface({ input: process.output }).on("line", take);
  createInterface({ input: process.errors }).on("line", take);
  return { process, tail: () => [...kept], complaints: wrong.told };
};

/**
 * Resolves when `GET url` answers 200. Throws `Complaint` if wrangler ends first, a variable is
 * wrong, or nobody is healthy within the limit; unless `complaints()` say why, the caller shows
 * `tail()`.
 */
export const untilHealthy = async (mesh: Mesh, url: string): Promise<void> => {
  let ended = false;
  void mesh.process.ended.then(() => {
    ended = true;
  });
  const deadline = performance.now() + START_LIMIT_MS;
  let last = "silent";
  let heard = { count: 0, at: 0 };
  while (performance.now() < deadline) {
    if (ended) throw new Complaint("wrangler stopped while it was starting.");
    last = await probe(url, PROBE_LIMIT_MS);
    if (last === "healthy") return;
    await sleep(POLL_MS);
    // No waiting mends a variable.
    const wrong = mesh.complaints();
    if (wrong.length !== heard.count) heard = { count: wrong.length, at: performance.now() };
    if (heard.count > 0 && performance.now() - heard.at > COMPLAINTS_END_MS)
      throw new Complaint(`The mesh cannot start with this environment: ${wrong.join("; ")}.`);
  }
  throw new Complaint(`${url} is still ${last} after ${START_LIMIT_MS / 1000} s.`);
};

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "luna/dev/port";
import { ROOT } from "luna/root";

/** A cold bundle cache on two busy cores takes half a minute. */
const START_LIMIT_MS = 90_000;

/** Where a real mesh lives: what a person sets in the environment of `npm start`. */
export interface Place {
  port: number;
  mailPort: number;
  lemonPort: number;
  stateDir: string;
}

export const newPlace = async (): Promise<Place> => ({
  port: await freePort(),
  mailPort: await freePort(),
  lemonPort: await freePort(),
  stateDir: mkdtempSync(join(tmpdir(), "luna-state-")),
});

export const removePlace = ({ stateDir }: Place): void =>
  rmSync(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

export const environmentOf = (place: Place, more: Record<string, string> = {}) => ({
  ...process.env,
  PORT: String(place.port),
  MAIL_PORT: String(place.mailPort),
  LEMON_PORT: String(place.lemonPort),
  STATE_DIR: place.stateDir,
  ...more,
});

/** The ids of a process and everything below it, from one look at the process table. */
export const treeOf = (root: number): number[] => {
  const table = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).stdout;
  const children = new Map<number, number[]>();
  for (const line of table.trim().split("\n")) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie answers signals until its parent has read its end.
    const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout;
    return !state.startsWith("Z") && state !== "";
  } catch {
    return false;
  }
};

const kill = (pid: number): void => {
  // What could not be started has no id, and to the system -1 means everybody.
  if (pid <= 1) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself between the look and the blow.
  }
};

/** `npm start` as a person runs it. */
export class RealMesh {
  readonly process: ChildProcess;
  output = "";
  readonly exited: Promise<number | null>;

  constructor(place: Place, more: Record<string, string> = {}) {
    this.process = spawn("npm", ["start", "--silent"], {
      cwd: ROOT,
      env: environmentOf(place, more),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, as a terminal gives it: Ctrl-C reaches all of it.
      detached: true,
    });
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.process.stdout?.on("data", take);
    this.process.stderr?.on("data", take);
    this.exited = new Promise((done) => {
      this.process.once("exit", done);
    });
  }

  /** Resolves when the banner is printed; rejects with the output if the process ends first. */
  async ready(): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (!this.output.includes("Luna Mesh ready")) {
      if (this.process.exitCode !== null || Date.now() > end) throw new Error(this.output);
      await new Promise((done) => {
        setTimeout(done, 50);
      });
    }
  }

  /** `kill -9` of every process of the mesh at once. */
  async killAll(): Promise<void> {
    const pids = treeOf(this.process.pid ?? -1);
    pids.forEach(kill);
    await this.exited;
  }

  /** SIGTERM to `npm start` alone, as a process manager sends it. */
  stop(): Promise<number | null> {
    this.process.kill("SIGTERM");
    return this.exited;
  }

  /** Ctrl-C: the terminal sends SIGINT to the whole foreground group. */
  interrupt(): Promise<number | null> {
    process.kill(-(this.process.pid ?? 0), "SIGINT");
    return this.exited;
  }
}

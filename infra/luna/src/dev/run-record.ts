import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Complaint } from "../settings.ts";
import { listProcesses, signal, type Process } from "./processes.ts";

/** Who runs this state directory: this program and the process groups it started. */
export interface RunRecord {
  owner: { pid: number; started: string };
  groups: { pid: number; started: string }[];
  port: number;
}

/** Only what we start is ever killed, whatever the ids say. */
const OURS = /workerd|wrangler|esbuild|guard\.mjs/;

/** A killed process keeps its port until the system has taken it apart. */
const GONE_LIMIT_MS = 3_000;
const POLL_MS = 50;

const file = (stateDir: string) => join(stateDir, "run.json");

const read = (stateDir: string): RunRecord | null => {
  if (!existsSync(file(stateDir))) return null;
  try {
    return JSON.parse(readFileSync(file(stateDir), "utf8")) as RunRecord;
  } catch {
    return null; // Cut short by a power failure: its processes are gone too.
  }
};

/**
 * The processes an earlier run left behind. A group whose leader is gone keeps its id reserved
 * while a member lives, so a member that started before the leader cannot be ours.
 */
export const orphansOf = (record: RunRecord, processes: Process[]): Process[] =>
  record.groups.flatMap(({ pid, started }) => {
    const leader = processes.find((process) => process.pid === pid);
    if (leader !== undefined && leader.started !== started) return [];
    return processes.filter(
      (process) =>
        process.group === pid &&
        OURS.test(process.command) &&
        Date.parse(process.started) >= Date.parse(started),
    );
  });

export const isAlive = (record: RunRecord, processes: Process[]): boolean =>
  processes.some(
    ({ pid, started }) => pid === record.owner.pid && started === record.owner.started,
  );

/** Ends what a killed run of this directory left. Throws `Complaint` if that run still lives. */
export const reap = async (stateDir: string): Promise<number> => {
  const run = read(stateDir);
  if (run === null) return 0;
  const processes = listProcesses();
  if (isAlive(run, processes))
    throw new Complaint(
      `Already running here as process ${run.owner.pid} on port ${run.port}; set STATE_DIR (and the ports) for a second mesh.`,
    );
  const orphans = orphansOf(run, processes);
  for (const { pid } of orphans) signal(pid, "SIGKILL");
  const deadline = performance.now() + GONE_LIMIT_MS;
  while (orphansOf(run, listProcesses()).length > 0 && performance.now() < deadline)
    await sleep(POLL_MS);
  rmSync(file(stateDir), { force: true });
  return orphans.length;
};

/** Notes this program and the groups it leads, so that the next run can clean up after a crash. */
export const record = (stateDir: string, port: number, groups: readonly number[]): void => {
  const processes = listProcesses();
  const identity = (pid: number) => ({
    pid,
    started: processes.find((process) => process.pid === pid)?.started ?? "",
  });
  mkdirSync(stateDir, { recursive: true });
  const run: RunRecord = { owner: identity(process.pid), groups: groups.map(identity), port };
  writeFileSync(file(stateDir), `${JSON.stringify(run)}\n`);
};

/** Only our own note: another run's must survive our refusal to start beside it. */
export const forget = (stateDir: string): void => {
  if (read(stateDir)?.owner.pid === process.pid) rmSync(file(stateDir), { force: true });
};

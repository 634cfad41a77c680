import { spawnSync } from "node:child_process";

/** A process as the system lists it. `started` tells it from a later one with the same id. */
export interface Process {
  pid: number;
  group: number;
  started: string;
  command: string;
}

const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

/** A process that has ended but whose parent has not noticed; in a container nobody may ever. */
const isZombie = (state: string): boolean => state.startsWith("Z");

/** Parses `ps -A -o pid=,pgid=,stat=,lstart=,args=`, which Linux and macOS print alike. */
export const parseProcesses = (text: string): Process[] =>
  text.split("\n").flatMap((line) => {
    const [, pid, group, state, started, command] = LINE.exec(line) ?? [];
    if (pid === undefined || group === undefined || isZombie(state ?? "")) return [];
    return {
      pid: Number(pid),
      group: Number(group),
      started: started ?? "",
      command: command ?? "",
    };
  });

export const listProcesses = (): Process[] => {
  const listed = spawnSync("ps", ["-A", "-o", "pid=,pgid=,stat=,lstart=,args="], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return parseProcesses(listed.stdout ?? "");
};

/** Sends a signal to a process or, with a negative id, to a group; gone already is fine. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

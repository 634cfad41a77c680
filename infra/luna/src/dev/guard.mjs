// Runs one command as the leader of its own process group and ends the whole group as soon as the
// program that started us is gone: its end of our stdin pipe closes, even after `kill -9`.
import { spawn } from "node:child_process";

/** Time the command gets to stop by itself before the group is killed. */
const GRACE_MS = 3_000;

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
let stopping = false;

const killGroup = () => process.kill(-process.pid, "SIGKILL");

const stop = () => {
  if (stopping) return;
  stopping = true;
  child.kill("SIGTERM");
  setTimeout(killGroup, GRACE_MS);
};

process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
child.on("error", (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(127);
});
// A dead front must not leave its runtime behind, holding the port and the databases.
child.on("exit", killGroup);

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { ROOT } from "../root.ts";
import { createTally } from "./tally.ts";

/** Each task starts a workerd of its own, so more at once only fight for the cores. */
const CONCURRENCY = 2;

/** Runs every package's tests through turbo and closes with `N passed, N failed`. */
export const runTests = async (args: readonly string[]): Promise<number> => {
  const turbo = ["run", "test", "--continue", `--concurrency=${CONCURRENCY}`, "--output-logs=full"];
  const child = spawn(join(ROOT, "node_modules/.bin/turbo"), [...turbo, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TURBO_UI: "false" },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const tally = createTally();
  const exited = new Promise<number>((done) => {
    child.once("close", (code) => done(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    tally.read(line);
    console.log(line);
  }
  const code = await exited;
  const { passed, failed } = tally.total(code);
  const failures = tally.failures();
  if (failures.length > 0) console.log(["What failed, once more:", ...failures].join("\n"));
  console.log(`${passed} passed, ${failed} failed`);
  return code === 0 && failed > 0 ? 1 : code;
};

import { spawn } from "node:child_process";
import { once } from "node:events";

import { onTestFinished } from "vitest";

/**
 * Runs `export` of a module with one argument in a process of its own, for tests that kill it. What
 * it starts is printed as JSON and returned: the ports.
 */
export const startKillable = async (
  module: URL,
  exported: string,
  argument: unknown,
): Promise<{ started: Record<string, number>; kill: () => Promise<void> }> => {
  const script = `
    const { ${exported}: start } = await import(${JSON.stringify(module.href)});
    console.log(JSON.stringify(await start(${JSON.stringify(argument)})));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // A test that fails half-way leaves nothing running.
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    started: JSON.parse(line.toString()) as Record<string, number>,
    kill: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
};

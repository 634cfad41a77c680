import { spawn } from "node:child_process";
import { join } from "node:path";

import { ROOT } from "../root.ts";
import { Complaint } from "../settings.ts";
import { shellLine, type Argv } from "./release.ts";
import { wrangler } from "./wrangler.ts";

const luna = (args: readonly string[]): Promise<void> =>
  new Promise((done, fail) => {
    const main = join(ROOT, "infra/luna/src/main.ts");
    const child = spawn(process.execPath, [main, ...args], { cwd: ROOT, stdio: "inherit" });
    child.once("exit", (code) =>
      code === 0 ? done() : fail(new Complaint(`luna ${args[0]} failed (exit ${code}).`)),
    );
  });

/** Runs one command of a release and shows it. Throws `Complaint` if it fails. */
export const runCommand = async (argv: Argv): Promise<void> => {
  console.log(`$ ${shellLine(argv)}`);
  const [program, ...args] = argv;
  await (program === "luna" ? luna(args) : wrangler(args));
};

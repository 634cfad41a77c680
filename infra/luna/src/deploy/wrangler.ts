import { spawn } from "node:child_process";
import { join } from "node:path";

import { ROOT } from "../root.ts";
import { Complaint } from "../settings.ts";

/** The pinned wrangler, or the program named by WRANGLER, which tests use to record the calls. */
const program = (): string => process.env["WRANGLER"] ?? join(ROOT, "node_modules/.bin/wrangler");

const run = (args: readonly string[], capture: boolean): Promise<string> =>
  new Promise((done, fail) => {
    const child = spawn(program(), args, {
      cwd: ROOT,
      stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => fail(new Complaint(`${program()}: ${error.message}`)));
    child.once("close", (code) => {
      const text = Buffer.concat(chunks).toString();
      if (code === 0) return done(text);
      if (capture) process.stderr.write(text);
      return fail(new Complaint(`wrangler ${args.slice(0, 3).join(" ")} failed (exit ${code}).`));
    });
  });

/** Runs wrangler with our terminal. Throws `Complaint` if it fails. */
export const wrangler = async (args: readonly string[]): Promise<void> => {
  await run(args, false);
};

/** What wrangler printed. Throws `Complaint` if it fails. */
export const wranglerOutput = (args: readonly string[]): Promise<string> => run(args, true);

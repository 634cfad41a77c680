import { spawnSync } from "node:child_process";

import { Complaint } from "../settings.ts";

/** A large change lists many files. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The repository as git knows it; every answer is text, or null where git has none. */
export interface Git {
  /** The full commit id a name stands for. */
  commit: (revision: string) => string | null;
  /** Paths that differ between two commits, deleted ones too. */
  changed: (base: string, head: string) => string[];
  /** A file as it was in a commit. */
  show: (revision: string, path: string) => string | null;
  /** The first line of a commit's message. */
  subject: (revision: string) => string;
}

export const openGit = (root: string): Git => {
  const git = (args: readonly string[]): string | null => {
    const result = spawnSync("git", ["-c", "core.quotePath=false", ...args], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return result.status === 0 ? result.stdout : null;
  };
  return {
    commit: (revision) =>
      git([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        `${revision}^{commit}`,
      ])?.trim() ?? null,
    changed: (base, head) => {
      const text = git(["diff", "--name-only", "--no-renames", base, head]);
      if (text === null) throw new Complaint(`git cannot compare ${base} with ${head}.`);
      return text.split("\n").filter((path) => path !== "");
    },
    show: (revision, path) => git(["show", `${revision}:${path}`]),
    subject: (revision) => git(["log", "-1", "--format=%s", revision])?.trim() ?? "",
  };
};

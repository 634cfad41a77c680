import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { Complaint } from "../settings.ts";

const turbo = (root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(join(root, "node_modules/.bin/turbo"), args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

/** Names of the packages turbo holds for affected between two commits; null if it cannot tell. */
export const affectedPackages = (root: string, base: string, head: string): string[] | null => {
  const listed = turbo(root, ["ls", "--affected", "--output", "json"], {
    TURBO_SCM_BASE: base,
    TURBO_SCM_HEAD: head,
  });
  if (listed.status !== 0) return null;
  const { packages } = JSON.parse(listed.stdout) as { packages: { items: { name: string }[] } };
  return packages.items.map(({ name }) => name);
};

/** Builds what is missing or stale; turbo's cache makes that free when nothing is. */
export const buildBundles = (root: string, names: readonly string[]): void => {
  if (names.length === 0) return;
  const filters = names.map((name) => `--filter=${name}`);
  const built = turbo(root, ["run", "build", "--output-logs=errors-only", ...filters]);
  if (built.status === 0) return;
  process.stderr.write(`${built.stdout}${built.stderr}`);
  throw new Complaint("A bundle could not be built; see above.");
};

import { readdirSync, watch } from "node:fs";
import { join } from "node:path";

/** An editor writes a file in several steps; the last one counts. */
const SETTLE_MS = 200;

/**
 * Calls `changed` when a service's wrangler.jsonc was written: wrangler itself only watches the
 * derived copy. A file that does not parse yet is reported, and the last good copy stays.
 */
export const watchConfigs = (root: string, changed: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const settle = (_: string, file: string | null): void => {
    if (file !== "wrangler.jsonc") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        changed();
      } catch (error) {
        console.error(`  ${error instanceof Error ? error.message : String(error)}`);
      }
    }, SETTLE_MS);
  };
  const folder = join(root, "services");
  // The folder, not the file: many editors replace the file, and a watch on it would die.
  const watchers = readdirSync(folder).map((name) => watch(join(folder, name), settle));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
};

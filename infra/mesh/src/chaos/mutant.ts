import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Service } from "luna/service";

/** One change of a service's source. */
export interface Mutation {
  /** Below the folder of the service. */
  file: string;
  from: string;
  to: string;
}

/**
 * Copies a service's source below `folder`, changes it, and answers the copy's main module: what a
 * figure finds nothing wrong with, it does not measure.
 */
export const mutantOf = (
  { name, folder: original, config }: Service,
  folder: string,
  mutations: readonly Mutation[],
): string => {
  const copy = join(folder, "mutants", name);
  mkdirSync(copy, { recursive: true });
  cpSync(join(original, "src"), join(copy, "src"), { recursive: true });
  symlinkSync(join(original, "node_modules"), join(copy, "node_modules"));
  for (const { file, from, to } of mutations) {
    const text = readFileSync(join(copy, file), "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} does not say once: ${from}`);
    writeFileSync(
      join(copy, file),
      text.replace(from, () => to),
    );
  }
  return join(copy, config.main);
};

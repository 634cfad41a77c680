import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { previewFiles } from "./preview-files.ts";

/** Writes every mail in every language into a folder, and a page that shows them all. */
export const preview = async (out: string): Promise<number> => {
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of await previewFiles()) writeFileSync(join(folder, name), content);
  console.log(join(folder, "index.html"));
  return 0;
};

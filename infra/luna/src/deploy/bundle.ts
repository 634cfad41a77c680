import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What a built Worker is made of: esbuild's own list, not what the source seems to import. */
export interface Bundle {
  /** Files of this repository, relative to its root. */
  files: string[];
  /** npm packages as `name@version`. */
  packages: string[];
}

/** pnpm keeps `name@version` in `.pnpm/<scope+name@version>_<peers>/node_modules/<name>`. */
const INSTALLED = /node_modules\/\.pnpm\/((?:@[^+/]+\+)?[^@/]+@[^_/(]+)[^/]*\/node_modules\//;

/** Sorts the inputs of an esbuild metafile; paths in it are relative to the service's folder. */
export const bundleOf = (inputs: readonly string[], folder: string, root: string): Bundle => {
  const files = new Set<string>();
  const packages = new Set<string>();
  for (const input of inputs) {
    const path = relative(root, join(folder, input));
    const installed = INSTALLED.exec(path)?.[1];
    if (installed !== undefined) packages.add(installed.replace("+", "/"));
    else if (!path.includes("node_modules/") && !path.startsWith("..")) files.add(path);
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
};

/** The bundle in `dist/`, as `wrangler deploy --dry-run --metafile` left it. */
export const readBundle = (folder: string, root: string): Bundle => {
  const text = readFileSync(join(folder, "dist", "bundle-meta.json"), "utf8");
  const { inputs } = JSON.parse(text) as { inputs: Record<string, unknown> };
  return bundleOf(Object.keys(inputs), folder, root);
};

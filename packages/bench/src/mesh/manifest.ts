import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import type { Manifest } from "./worker-options.ts";

/** What the bundler leaves beside the code for people and tools. */
const NOT_MODULES = /(?:\.md|\.map|bundle-meta\.json)$/;

type Module = Manifest["modules"][string];

const readModule = (file: string): Module => {
  if (file.endsWith(".js")) return { type: "esm", contents: readFileSync(file, "utf8") };
  if (file.endsWith(".wasm"))
    return { type: "wasm", contents: Uint8Array.from(readFileSync(file)) };
  return { type: "text", contents: readFileSync(file, "utf8") };
};

/** The built bundle of a service exactly as it would be uploaded. Throws when it was not built. */
export const readManifest = (folder: string): Manifest => {
  const dist = join(folder, "dist");
  if (!existsSync(join(dist, "index.js")) || statSync(join(dist, "index.js")).size === 0)
    throw new Error(`${folder} is not built: run pnpm bench, or turbo run build.`);
  const files = readdirSync(dist).filter((name) => !NOT_MODULES.test(name));
  return {
    mainModule: "index.js",
    modulesRoot: dist,
    modules: Object.fromEntries(files.map((name) => [name, readModule(join(dist, name))])),
  };
};

interface BundleMeta {
  outputs: Record<string, { exports: string[] }>;
}

/** Names the bundle exports: its entrypoints and Durable Object classes. */
export const exportsOf = (folder: string): string[] => {
  const meta = JSON.parse(
    readFileSync(join(folder, "dist", "bundle-meta.json"), "utf8"),
  ) as BundleMeta;
  const output = Object.entries(meta.outputs).find(([file]) => basename(file) === "index.js");
  return output?.[1].exports ?? [];
};

import { join } from "node:path";

import { build } from "esbuild";

import type { Manifest } from "./worker-options.ts";

/** One of the bench's own Workers, bundled as wrangler would. */
export const bundleWorker = async (name: string): Promise<Manifest> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "..", "peers", "workers", `${name}.ts`)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    write: false,
  });
  return {
    mainModule: "index.js",
    modulesRoot: import.meta.dirname,
    modules: { "index.js": { type: "esm", contents: outputFiles[0]?.text ?? "" } },
  };
};

import { join } from "node:path";

import { buildSync } from "esbuild";

import type { Manifest } from "./worker-options.ts";

const bundleOf = (file: string): string => {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, "..", "instruments", file)],
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
};

const exportLine = (name: string, value: string): string =>
  name === "default" ? `export default ${value};` : `export const ${name} = ${value};`;

/** Source of a module that exports what the bundle exports, each class in its counting form. */
export const countingShell = (exported: readonly string[], objects: readonly string[]): string =>
  [
    // First, so that the clock is replaced before the bundle looks at it.
    `import { counted, countedObject } from "./instruments.js";`,
    `import * as real from "./index.js";`,
    `export { Instruments } from "./instruments.js";`,
    ...exported.map((name) =>
      exportLine(name, `${objects.includes(name) ? "countedObject" : "counted"}(real.${name})`),
    ),
  ].join("\n");

const withShell = (manifest: Manifest, shell: string, file: string): Manifest => ({
  ...manifest,
  mainModule: "shell.js",
  modules: {
    ...manifest.modules,
    "shell.js": { type: "esm", contents: shell },
    [file.replace(".ts", ".js")]: { type: "esm", contents: bundleOf(file) },
  },
});

/** The bundle unchanged, behind a shell that counts what it does and can move its clock. */
export const instrumented = (
  manifest: Manifest,
  exported: readonly string[],
  objects: readonly string[],
): Manifest => withShell(manifest, countingShell(exported, objects), "instruments.ts");

/** The bundle of users unchanged, but its Subject neither judges nor counts: what the limiter adds. */
export const withoutLimiter = (manifest: Manifest): Manifest =>
  withShell(
    manifest,
    [
      `import { admittingAll } from "./admit-all.js";`,
      `import * as real from "./index.js";`,
      `export * from "./index.js";`,
      exportLine("default", "real.default"),
      exportLine("Subject", "admittingAll(real.Subject)"),
    ].join("\n"),
    "admit-all.ts",
  );

/** The gateway's bundle unchanged, but it never asks a Subject: what the hop adds. */
export const withoutHop = (manifest: Manifest): Manifest =>
  withShell(
    manifest,
    [
      `import { withoutHop } from "./admit-all.js";`,
      `import * as real from "./index.js";`,
      exportLine("default", "withoutHop(real.default)"),
    ].join("\n"),
    "admit-all.ts",
  );

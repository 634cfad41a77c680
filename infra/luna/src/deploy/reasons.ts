import { parse } from "jsonc-parser";

import type { Bundle } from "./bundle.ts";
import { reachable, toolVersion } from "./lockfile.ts";

/** Two states of the repository: what is deployed and what would be. */
export interface Change {
  files: readonly string[];
  before: (path: string) => string | null;
  after: (path: string) => string | null;
}

const LOCKFILE = "pnpm-lock.yaml";
/** Fields of a workspace package that decide which file an import means. */
const RESOLUTION = ["exports", "imports", "main", "module", "browser", "type", "sideEffects"];
/** Compiler options the bundler obeys; all others only concern the type checker. */
const EMIT = ["target", "jsx", "paths", "experimentalDecorators", "useDefineForClassFields"];

/** JSON without comments and layout, so that rewording a comment deploys nothing. */
const meaning = (text: string | null): unknown => (text === null ? null : parse(text));

const pick = (value: unknown, keys: readonly string[]): unknown =>
  keys.map((key) => (value as Record<string, unknown> | null)?.[key] ?? null);

const differs = (change: Change, path: string, view: (value: unknown) => unknown): boolean =>
  change.files.includes(path) &&
  JSON.stringify(view(meaning(change.before(path)))) !==
    JSON.stringify(view(meaning(change.after(path))));

const compilerOptions = (value: unknown): unknown =>
  pick((value as { compilerOptions?: unknown } | null)?.compilerOptions ?? null, EMIT);

const packageFolder = (file: string): string => file.split("/").slice(0, 2).join("/");

/** Why a change reaches a service; an empty list means it need not be deployed. */
export const reasonsFor = (folder: string, bundle: Bundle, change: Change): string[] => {
  const reasons: string[] = [];
  const bundled = new Set(bundle.files);
  for (const file of change.files) {
    if (bundled.has(file)) reasons.push(`bundles ${file}`);
    if (file.startsWith(`${folder}/migrations/`) && file.endsWith("/up.sql"))
      reasons.push(`migration ${file.slice(`${folder}/migrations/`.length)}`);
  }
  if (differs(change, `${folder}/wrangler.jsonc`, (value) => value))
    reasons.push("wrangler.jsonc changed");
  for (const owner of new Set([folder, ...bundle.files.map(packageFolder)]))
    if (differs(change, `${owner}/package.json`, (value) => pick(value, RESOLUTION)))
      reasons.push(`${owner}/package.json resolves differently`);
  for (const file of [`${folder}/tsconfig.json`, "tsconfig.base.json"])
    if (differs(change, file, compilerOptions)) reasons.push(`${file} compiles differently`);
  return [...reasons, ...lockReasons(folder, bundle, change)];
};

const lockReasons = (folder: string, bundle: Bundle, change: Change): string[] => {
  if (!change.files.includes(LOCKFILE)) return [];
  const before = change.before(LOCKFILE) ?? "";
  const after = change.after(LOCKFILE) ?? "";
  const known = reachable(before, folder);
  const reasons = bundle.packages
    .filter((name) => !known.has(name))
    .map((name) => `bundles ${name}, which is new`);
  const [was, is] = [toolVersion(before, "wrangler"), toolVersion(after, "wrangler")];
  if (was !== is) reasons.push(`built by wrangler ${is ?? "?"} instead of ${was ?? "?"}`);
  return reasons;
};

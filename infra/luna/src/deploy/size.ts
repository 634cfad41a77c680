import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { ROOT } from "../root.ts";
import { readServices } from "../service.ts";
import { buildBundles } from "./turbo.ts";

/** A small Worker starts in a few milliseconds everywhere; growth past this needs a reason. */
const BUDGET_BYTES = 60 * 1024;
/** What is uploaded as code: not the map, the metafile, or auth's argon2 `.wasm`. */
const CODE = /\.m?js$/;

/** Bytes of a built Worker's code after gzip. */
export const bundleSize = (dist: string): number =>
  readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => CODE.test(file))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).byteLength, 0);

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** Prints every service's size against the budget; 1 if one is over. */
export const size = (): number => {
  const services = readServices(ROOT);
  buildBundles(
    ROOT,
    services.map(({ name }) => name),
  );
  let over = 0;
  for (const { name, folder } of services) {
    const bytes = bundleSize(join(folder, "dist"));
    const verdict = bytes > BUDGET_BYTES ? `over the budget of ${kib(BUDGET_BYTES)}` : "";
    if (verdict !== "") over += 1;
    console.log(`${name.padEnd(16)} ${kib(bytes).padStart(10)} gzip  ${verdict}`.trimEnd());
  }
  return over === 0 ? 0 : 1;
};

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Service } from "../service.ts";
import { localConfig, type LocalValues } from "./local-config.ts";

const OWNER_ONLY = 0o600;

/** A file that did not change is left alone: wrangler watches it and would reload. */
const writeIfChanged = (file: string, text: string): void => {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  writeFileSync(file, text, { mode: OWNER_ONLY });
};

/** dotenv expands `$NAME` and reads `#` as a comment unless the value is in single quotes. */
const dotenv = (secrets: Record<string, string>): string =>
  Object.entries(secrets)
    .map(([name, value]) => `${name}='${value.replaceAll("$", "\\$")}'\n`)
    .join("");

/** Writes `STATE_DIR/mesh/<service>/` and returns the paths for wrangler, gateway first. */
export const writeConfigs = (
  stateDir: string,
  services: readonly Service[],
  values: LocalValues,
): string[] =>
  services
    .toSorted((a, b) => Number(b.name === "gateway") - Number(a.name === "gateway"))
    .map((service) => {
      const folder = join(stateDir, "mesh", service.name);
      const { config, secrets } = localConfig(service, values);
      mkdirSync(folder, { recursive: true });
      writeIfChanged(join(folder, ".dev.vars"), dotenv(secrets));
      const file = join(folder, "wrangler.jsonc");
      writeIfChanged(file, `${JSON.stringify(config, null, 2)}\n`);
      return file;
    });

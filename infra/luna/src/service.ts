import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, printParseErrorCode, type ParseError } from "jsonc-parser";

import { Complaint } from "./settings.ts";

/** The parts of a wrangler.jsonc that this command line reads; the rest passes through. */
export interface WranglerConfig {
  name: string;
  main: string;
  services?: { binding: string; service: string; entrypoint?: string }[];
  durable_objects?: { bindings: { name: string; class_name: string; script_name?: string }[] };
  d1_databases?: { binding: string; database_name: string; database_id: string }[];
  ratelimits?: { name: string; simple: { limit: number; period: number } }[];
  vars?: Record<string, unknown>;
  secrets?: { required?: string[] };
  [key: string]: unknown;
}

/** One deployable Worker and the folder it lives in. */
export interface Service {
  name: string;
  folder: string;
  config: WranglerConfig;
}

/** Throws with the file and the position: a broken configuration is the reader's to fix. */
export const readConfig = (file: string): WranglerConfig => {
  const errors: ParseError[] = [];
  const config = parse(readFileSync(file, "utf8"), errors, {
    allowTrailingComma: true,
  }) as WranglerConfig;
  const [first] = errors;
  if (first !== undefined)
    throw new Error(`${file}: ${printParseErrorCode(first.error)} at offset ${first.offset}`);
  return config;
};

/** Every service under `root`, in folder order. */
export const readServices = (root: string): Service[] =>
  readdirSync(join(root, "services"))
    .map((name) => join(root, "services", name))
    .filter((folder) => existsSync(join(folder, "wrangler.jsonc")))
    .map((folder) => {
      const config = readConfig(join(folder, "wrangler.jsonc"));
      return { name: config.name, folder, config };
    });

/** Throws `Complaint` that lists the names there are. */
export const findService = (services: readonly Service[], name: string): Service => {
  const service = services.find((candidate) => candidate.name === name);
  if (service !== undefined) return service;
  const names = services.map((known) => known.name).join(", ");
  throw new Complaint(`There is no service ${name}; there are ${names}.`);
};

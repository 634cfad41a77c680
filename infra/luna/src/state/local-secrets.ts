import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Service } from "../service.ts";
import { Complaint } from "../settings.ts";
import { SECRETS } from "./secret.ts";

/** Only the owner of the clone may read them: they open the local databases. */
const OWNER_ONLY = 0o600;

export const secretsFile = (stateDir: string): string => join(stateDir, "secrets.json");

/** Names to values; empty before the first start. */
export const readSecrets = (stateDir: string): Record<string, string> => {
  const file = secretsFile(stateDir);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    throw new Complaint(`${file} is not JSON: delete it to make new local secrets.`);
  }
};

export const requiredSecrets = (services: readonly Service[]): string[] =>
  [...new Set(services.flatMap(({ config }) => config.secrets?.required ?? []))].sort();

/**
 * Makes what is missing and keeps what is there: a changed key would sign everybody out and make
 * sealed mail unreadable. Returns all local secrets.
 */
export const ensureSecrets = (
  stateDir: string,
  services: readonly Service[],
  env: NodeJS.ProcessEnv,
): Record<string, string> => {
  const known = readSecrets(stateDir);
  const secrets = { ...known };
  for (const name of requiredSecrets(services)) {
    const kind = SECRETS[name];
    if (secrets[name] !== undefined || env[name] !== undefined) continue;
    if (kind === undefined)
      throw new Complaint(`No generator for the secret ${name}: set it in the environment.`);
    secrets[name] = kind.make();
  }
  if (Object.keys(secrets).length > Object.keys(known).length) {
    mkdirSync(stateDir, { recursive: true });
    const file = secretsFile(stateDir);
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: OWNER_ONLY });
    renameSync(`${file}.new`, file);
  }
  return secrets;
};

import { join, resolve } from "node:path";

/** Where a mesh on this machine lives; the same variables find it again from another terminal. */
export interface Settings {
  port: number;
  mailPort: number;
  lemonPort: number;
  stateDir: string;
  rateLimitScale: number;
  /** How long a second of the emulator's retry ladder lasts, in seconds. */
  lemonTimeScale: number;
}

/** One line for the person who typed the command; never a stack trace. */
export class Complaint extends Error {}

const HIGHEST_PORT = 65_535;

const port = (env: NodeJS.ProcessEnv, name: string, otherwise: number): number => {
  const text = env[name] ?? "";
  if (text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > HIGHEST_PORT)
    throw new Complaint(`${name}=${text} is not a port: use a number from 1 to ${HIGHEST_PORT}.`);
  return value;
};

const scale = (env: NodeJS.ProcessEnv, name: string): number => {
  const text = env[name] || "1";
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Complaint(`${name}=${text} is not a positive number.`);
  return value;
};

/** Reads the environment; relative state directories belong to the repository. Throws `Complaint`. */
export const readSettings = (env: NodeJS.ProcessEnv, root: string): Settings => {
  const settings = {
    port: port(env, "PORT", 8787),
    mailPort: port(env, "MAIL_PORT", 8025),
    lemonPort: port(env, "LEMON_PORT", 8026),
    stateDir: resolve(root, env["STATE_DIR"] || join(".wrangler", "state")),
    rateLimitScale: scale(env, "RATE_LIMIT_SCALE"),
    lemonTimeScale: scale(env, "LEMON_TIME_SCALE"),
  };
  const { port: api, mailPort, lemonPort } = settings;
  if (new Set([api, mailPort, lemonPort]).size < 3)
    throw new Complaint(`PORT=${api}, MAIL_PORT=${mailPort}, LEMON_PORT=${lemonPort} must differ.`);
  return settings;
};

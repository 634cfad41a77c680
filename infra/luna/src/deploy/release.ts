import { relative } from "node:path";

import type { Service } from "../service.ts";

/** One command, as words; the first is `luna` or `wrangler`. */
export type Argv = readonly string[];

/** How one service goes out, and how it comes back. The database never goes back by itself. */
export interface Release {
  service: string;
  migrate: Argv | null;
  upload: Argv;
  deploy: Argv;
  triggers: Argv;
  rollback: Argv;
}

/** What the new version is called. `tag` finds the uploaded version again, so it must be new. */
export interface Label {
  tag: string;
  message: string;
}

/** Long enough to be unique, short enough to be read aloud. */
const TAG_LENGTH = 12;
/** Cloudflare keeps at most this much of a version's message. */
const MESSAGE_LENGTH = 100;

/** Names a release after its commit. */
export const labelOf = (commit: string, subject: string): Label => ({
  tag: commit.slice(0, TAG_LENGTH),
  message: subject.slice(0, MESSAGE_LENGTH) || commit,
});

const configOf = (service: Service, root: string): string =>
  `${relative(root, service.folder)}/wrangler.jsonc`;

/**
 * The commands of one release, for `luna plan` to print and `luna deploy` to run: the schema first
 * (it only adds, so the running code keeps working), then the code, then routes and crons, which
 * are not part of a version. Every path is relative to `root`.
 */
export const releaseOf = (service: Service, label: Label, root: string): Release => {
  const { name, config } = service;
  const on = ["--config", configOf(service, root)];
  const named = ["--tag", label.tag, "--message", label.message];
  const hasTables = (config.d1_databases ?? []).length > 0;
  return {
    service: name,
    migrate: hasTables ? ["luna", "migrate", "up", "--remote", "--service", name] : null,
    upload: ["wrangler", "versions", "upload", ...on, ...named, "--strict"],
    deploy: ["wrangler", "versions", "deploy", ...on, "--version-tag", `${label.tag}@100`, "--yes"],
    triggers: ["wrangler", "triggers", "deploy", ...on],
    rollback: ["wrangler", "rollback", ...on, "--message", `undo ${label.tag}`, "--yes"],
  };
};

/**
 * The first deploy ever: `versions upload` refuses a Worker that does not exist, and a Worker that
 * does not exist cannot be given secrets, so both go in one call. `secretsFile` is JSON.
 */
export const firstDeploy = (service: Service, secretsFile: string, root: string): Argv => [
  "wrangler",
  "deploy",
  "--config",
  configOf(service, root),
  "--strict",
  "--secrets-file",
  secretsFile,
];

const SAFE = /^[\w./:=@-]+$/;

/** One line to paste into a shell. */
export const shellLine = (argv: Argv): string =>
  argv.map((word) => (SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");

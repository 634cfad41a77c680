// Started by `npm start` and `npm test` on whatever Node the host has (≥ 20) and with no package
// installed: it installs what is missing, then hands over to the Node 24 of the workspace.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
/** Asked once, at the very start: whoever starts us may be gone a moment later. */
const starter = process.ppid;
/** How often we look whether it is still there. */
const PARENT_CHECK_MS = 500;

// Not import.meta.dirname, which Node has only since 20.11.
const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules/.bin");
const stamp = join(root, "node_modules/.modules.yaml");

const fail = (line) => {
  console.error(line);
  process.exit(1);
};

const manifests = () => {
  const folders = ["services", "packages", "infra"].flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent)).map((name) => join(root, parent, name))
      : [],
  );
  return [
    ...["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"].map((file) => join(root, file)),
    ...folders.map((folder) => join(folder, "package.json")),
  ].filter((file) => existsSync(file));
};

const installed = () => {
  if (!existsSync(stamp) || !existsSync(join(bin, "node"))) return false;
  const installedAt = statSync(stamp).mtimeMs;
  return manifests().every((file) => statSync(file).mtimeMs <= installedAt);
};

const quiet = {
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  WRANGLER_WRITE_LOGS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_OBSERVABILITY: "false",
  X_LOCAL_EXPLORER: "false",
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
};

/** Runs a command with our terminal; resolves with its exit code (128 + n for a signal). */
const run = (command, args, env, stdio = "inherit") =>
  new Promise((done) => {
    // Ears before the child: a signal between the two would end us and leave it behind.
    const forward = (signal) => child.kill(signal);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
    const child = spawn(command, args, { cwd: root, stdio, env });
    const watch = setInterval(() => {
      if (process.ppid === starter) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, PARENT_CHECK_MS);
    child.on("error", (error) => {
      clearInterval(watch);
      console.error(`${command}: ${error.message}`);
      done(127);
    });
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, forward);
      done(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });

const install = async () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // To stderr: `luna plan --json` owns stdout.
  console.error(`Installing what is missing (${packageManager} install --frozen-lockfile)`);
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const args = ["-y", packageManager, "install", "--frozen-lockfile"];
  const code = await run(npx, args, { ...process.env, ...quiet }, ["inherit", 2, 2]);
  if (code === 130 || code === 143) process.exit(code);
  if (code !== 0)
    fail(`Installing failed (exit ${code}); fix what is printed above and run again.`);
  const now = new Date();
  if (existsSync(stamp)) utimesSync(stamp, now, now);
};

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE)
  fail(`Luna Mesh needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}.`);

const [command = "dev", ...rest] = process.argv.slice(2);
if (!installed()) await install();

const env = { ...process.env, ...quiet, PATH: [bin, process.env.PATH].join(delimiter) };
const main = join(root, "infra/luna/src/main.ts");
process.exit(await run(join(bin, "node"), [main, command, ...rest], env));

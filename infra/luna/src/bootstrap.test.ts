import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let root: string;

const script = (path: string, text: string): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), `#!/bin/sh\n${text}\n`);
  chmodSync(join(root, path), 0o755);
};

/** An `npx` that notes its words and "installs" a Node which says what it was asked to run. */
const installs = (node: string): string => `echo "$@" >> ${root}/npx.txt
mkdir -p ${root}/node_modules/.bin
printf '#!/bin/sh\\n${node}\\n' > ${root}/node_modules/.bin/node
chmod +x ${root}/node_modules/.bin/node
touch ${root}/node_modules/.modules.yaml`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "luna-bootstrap-"));
  mkdirSync(join(root, "infra/luna"), { recursive: true });
  const bootstrap = join(import.meta.dirname, "../bootstrap.mjs");
  copyFileSync(bootstrap, join(root, "infra/luna/bootstrap.mjs"));
  writeFileSync(join(root, "package.json"), `{"packageManager":"pnpm@12.21.0"}`);
  writeFileSync(join(root, "pnpm-lock.yaml"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const start = () =>
  spawn(process.execPath, [join(root, "infra/luna/bootstrap.mjs"), "dev", "--flag"], {
    env: { ...process.env, PATH: `${root}/bin:/usr/bin:/bin` },
    stdio: ["ignore", "pipe", "pipe"],
  });

const run = async () => {
  const child = start();
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  return { code, out: out.trim(), errors: errors.trim() };
};

const installCalls = (): string[] =>
  existsSync(join(root, "npx.txt"))
    ? readFileSync(join(root, "npx.txt"), "utf8").trim().split("\n")
    : [];

describe("bootstrap", () => {
  it("installs what is missing with the pinned pnpm, then passes on words and exit code", async () => {
    script("bin/npx", installs('echo "ran $@"; exit 7'));
    const { code, out, errors } = await run();
    expect(installCalls()).toEqual(["-y pnpm@12.21.0 install --frozen-lockfile"]);
    expect(errors).toContain("Installing what is missing");
    expect(out).toMatch(/^ran .*main\.ts dev --flag$/);
    expect(code).toBe(7);
  });

  it("installs again only when a manifest is newer than the installation", async () => {
    script("bin/npx", installs("exit 0"));
    await run();
    await run();
    expect(installCalls()).toHaveLength(1);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(root, "pnpm-lock.yaml"), later, later);
    await run();
    expect(installCalls()).toHaveLength(2);
  });

  it("says in one line that installing failed", async () => {
    script("bin/npx", "exit 3");
    const { code, errors } = await run();
    expect(code).toBe(1);
    expect(errors.split("\n").at(-1)).toBe(
      "Installing failed (exit 3); fix what is printed above and run again.",
    );
  });

  it("passes SIGTERM on and waits for the end", async () => {
    script("bin/npx", installs('trap "exit 5" TERM; echo up; while :; do sleep 0.1; done'));
    const child = start();
    // The install speaks first; only what runs after it has set its trap.
    for await (const chunk of child.stdout) if (String(chunk).includes("up")) break;
    child.kill("SIGTERM");
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(5);
  });

  it("ends what it runs when whoever started it is killed", async () => {
    const noted = join(root, "ended.txt");
    const node = `trap "touch ${noted}; exit 0" TERM; echo up; while :; do sleep 0.1; done`;
    script("bin/npx", installs(node));
    const bootstrap = join(root, "infra/luna/bootstrap.mjs");
    script("parent", `"${process.execPath}" "${bootstrap}" dev & wait`);
    const parent = spawn(join(root, "parent"), {
      env: { ...process.env, PATH: `${root}/bin:/usr/bin:/bin` },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(existsSync(noted)).toBe(true), { timeout: 20_000 });
  });
});

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { ROOT } from "../root.ts";

/** Stands in for wrangler: notes its words and answers what a query of applied migrations would. */
const STUB = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
fs.appendFileSync(process.env.RECORD, JSON.stringify(args) + "\\n");
if (args.includes("--json")) console.log(JSON.stringify([{ results: [] }, { results: [] }]));
`;

const SERVICES = ["auth", "billing-webhook", "gateway", "mailer", "scheduler", "users"] as const;
const DATABASES: Record<string, string | null> = {
  auth: "luna-auth",
  "billing-webhook": "luna-billing",
  gateway: null,
  mailer: "luna-mail",
  scheduler: "luna-scheduler",
  users: "luna-users",
};

interface Job {
  permissions: Record<string, string>;
  strategy?: { "max-parallel": number; matrix: Record<string, string> };
  steps: { run?: string; uses?: string; env?: Record<string, string> }[];
}
interface Workflow {
  permissions: Record<string, string>;
  on: { workflow_dispatch?: { inputs: { service: { options: string[] } } } };
  jobs: Record<string, Job>;
}

const workflow = (name: string): Workflow =>
  parse(readFileSync(join(ROOT, ".github/workflows", name), "utf8")) as Workflow;

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "luna-deploy-"));
  writeFileSync(join(folder, "wrangler"), STUB);
  chmodSync(join(folder, "wrangler"), 0o755);
  server = createServer((_, response) => {
    const services = SERVICES.map((name) => [name, { status: "healthy", version: "v1" }]);
    response.end(JSON.stringify({ checks: { services: Object.fromEntries(services) } }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs one leg's `run` steps as the runner would: bash, the step's env, nothing else filled in. */
const runLeg = async (service: string) => {
  const record = join(folder, `${service}.jsonl`);
  writeFileSync(record, "");
  let output = "";
  let code = 0;
  for (const step of workflow("deploy.yml").jobs["deploy"]?.steps ?? []) {
    if (step.run === undefined || code !== 0) continue;
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [
      name,
      value === "${{ matrix.service }}" ? service : "",
    ]);
    const child = spawn("bash", ["-e", "-c", step.run], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...Object.fromEntries(env),
        API_URL: url,
        WRANGLER: join(folder, "wrangler"),
        RECORD: record,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const chunk of child.stdout) output += String(chunk);
    code = child.exitCode ?? (await new Promise<number>((done) => child.once("exit", done)));
  }
  const lines = readFileSync(record, "utf8").trim().split("\n");
  return { code, output, calls: lines.map((line) => JSON.parse(line) as string[]) };
};

describe("the deploy workflow", () => {
  it.each(SERVICES)(
    "deploys %s: its own schema, then its own code, and nothing else",
    async (service) => {
      const { code, output, calls } = await runLeg(service);
      expect(code).toBe(0);
      const config = `services/${service}/wrangler.jsonc`;
      const database = DATABASES[service] ?? null;
      const configs = calls.map((call) => call[call.indexOf("--config") + 1] ?? "");
      expect(configs.filter((path) => !path.endsWith(config))).toEqual([]);
      const databases = calls.filter(([verb]) => verb === "d1").map((call) => call[2]);
      expect([...new Set(databases)]).toEqual(database === null ? [] : [database]);
      const verbs = calls.map((call) => (call[0] === "d1" ? "d1" : call.slice(0, 2).join(" ")));
      const inOrder = [...new Set(verbs)];
      const steps = ["versions upload", "versions deploy", "triggers deploy"];
      expect(inOrder).toEqual(database === null ? steps : ["d1", ...steps]);
      expect(verbs.filter((verb) => verb !== "d1")).toEqual(steps);
      expect(output).toContain(`${service} is healthy.`);
      expect(output).toMatch(`To go back: wrangler rollback --config ${config}`);
    },
  );

  it("deploys the version it uploaded, to all traffic", async () => {
    const { calls } = await runLeg("gateway");
    const [upload = [], deploy = []] = calls;
    const tag = upload[upload.indexOf("--tag") + 1];
    expect(deploy[deploy.indexOf("--version-tag") + 1]).toBe(`${tag}@100`);
  });

  it("offers every service by hand, one leg at a time", () => {
    const { on, jobs } = workflow("deploy.yml");
    expect(on.workflow_dispatch?.inputs.service.options).toEqual(["affected", ...SERVICES]);
    expect(jobs["deploy"]?.strategy?.["max-parallel"]).toBe(1);
  });
});

describe("every workflow", () => {
  it.each(["ci.yml", "deploy.yml"])("%s pins its actions and starts without rights", (name) => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).toEqual({});
    const all = Object.values(jobs);
    expect([...new Set(all.map((job) => job.permissions["contents"]))]).toEqual(["read"]);
    const uses = all.flatMap((job) => job.steps.flatMap((step) => step.uses ?? []));
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "luna/root";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { bearer, eventually, json, post, type Tokens } from "./people.ts";
import { environmentOf, newPlace, RealMesh, removePlace, type Place } from "./real-mesh.ts";

/** The shell blocks of one section of the README, in order. */
const blocksOf = (section: string): string[] => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, text = ""] = readme.split(`## ${section}\n`);
  const [body = ""] = text.split("\n## ");
  return [...body.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
};

describe("the README's tour", { timeout: 300_000 }, () => {
  let place: Place;
  let mesh: RealMesh;
  beforeAll(async () => {
    place = await newPlace();
    mesh = new RealMesh(place, { ADMIN_EMAILS: "ada@example.com" });
    await mesh.ready();
  });
  afterAll(async () => {
    await mesh.stop();
    removePlace(place);
  });

  it("works as written, from sign-up to the pro plan", () => {
    const blocks = blocksOf("The tour");
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    const script = blocks.join("\necho; echo '-- next'\n");
    const shell = spawnSync("bash", ["-euo", "pipefail", "-c", script], {
      cwd: ROOT,
      encoding: "utf8",
      env: environmentOf(place, {
        API: `http://127.0.0.1:${place.port}`,
        MAIL: `http://127.0.0.1:${place.mailPort}`,
      }),
    });
    expect(shell.status, shell.stdout + shell.stderr).toBe(0);
    const [, signUp = "", profile = "", plan = "", history = ""] = shell.stdout.split("-- next");
    expect(signUp).toMatch(/"status":"check_email"/);
    expect(signUp).toMatch(/"accessToken"/);
    expect(profile).toMatch(/"timezone":"Europe\/Vienna"/);
    expect(plan).toMatch(/^pro$/m);
    expect(history).toMatch(/"recentExecutions"/);
    expect(history).toMatch(/"status":"healthy"/);
  });

  it("finds the jobs run by themselves within a minute: nobody sends a tick here", async () => {
    const api = (path: string, init?: RequestInit) =>
      fetch(`http://127.0.0.1:${place.port}${path}`, init);
    const credentials = { email: "ada@example.com", password: "correct horse battery" };
    const admin = await json<Tokens>(api("/v1/auth/sign-in", post(credentials)));
    const execution = await eventually(
      "a slot of outbox-sweep",
      async () => {
        const { recentExecutions } = await json<{
          recentExecutions: { name: string; state: string }[];
        }>(api("/v1/admin/scheduled-tasks/history", { headers: bearer(admin) }));
        return recentExecutions.find(({ state }) => state === "ok");
      },
      90_000,
    );
    expect(execution.name).toBe("outbox-sweep");
  });

  it("shows the two commands by line 20", () => {
    const lines = readFileSync(join(ROOT, "README.md"), "utf8").split("\n").slice(0, 20).join("\n");
    expect(lines).toMatch(/^npm start/m);
    expect(lines).toMatch(/^npm test/m);
  });
});

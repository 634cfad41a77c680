import { createServer } from "node:http";

import { afterEach, describe, expect, it } from "vitest";

import { eventually, post, PASSWORD } from "./people.ts";
import { isAlive, newPlace, RealMesh, removePlace, treeOf, type Place } from "./real-mesh.ts";

/** A start on a busy machine, and the time until it is seen to be needed. */
const RESTART_MS = 120_000;

describe("npm start", { timeout: 300_000 }, () => {
  const started: { mesh: RealMesh; place: Place }[] = [];
  const start = async (more?: Record<string, string>): Promise<(typeof started)[number]> => {
    const place = await newPlace();
    const running = { place, mesh: new RealMesh(place, more) };
    started.push(running);
    await running.mesh.ready();
    return running;
  };
  afterEach(async () => {
    for (const { mesh, place } of started.splice(0)) {
      await mesh.killAll();
      removePlace(place);
    }
  });

  it("prints where everything is, within 80 columns, and nothing alarming", async () => {
    const { mesh, place } = await start();
    const [before = "", rest = ""] = mesh.output.split(/(?=Luna Mesh ready)/);
    // What the Workers log from then on is as long as it is.
    const [banner = ""] = rest.split(/^\d\d:\d\d:\d\d /m);
    for (const port of [place.port, place.mailPort, place.lemonPort])
      expect(banner).toContain(String(port));
    expect(banner).toMatch(/\/docs/);
    expect(banner).toMatch(/ADMIN_EMAILS/);
    const shown = before + banner;
    for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(shown).not.toMatch(/warn|error|update available|telemetry/i);
  });

  it.each(["stop", "interrupt"] as const)("ends every child on %s", async (how) => {
    const { mesh } = await start();
    const pids = treeOf(mesh.process.pid ?? -1);
    expect(pids.length).toBeGreaterThan(3);
    await mesh[how]();
    await eventually("every child to end", () => Promise.resolve(!pids.some(isAlive)));
  });

  it("says in one line which port is taken and what changes it", async () => {
    const place = await newPlace();
    const occupant = createServer().listen(place.port, "127.0.0.1");
    const mesh = new RealMesh(place);
    expect(await mesh.exited).not.toBe(0);
    occupant.close();
    removePlace(place);
    // Its last words may reach us after its end.
    await eventually("the complaint", () => Promise.resolve(/PORT=/.test(mesh.output)));
    const complaint = mesh.output.trim().split("\n").at(-1) ?? "";
    expect(complaint).toContain(String(place.port));
    expect(complaint).toMatch(/PORT=/);
    expect(mesh.output).not.toMatch(/ at .*:\d+:\d+/);
  });

  it("runs two meshes side by side that share nothing", async () => {
    const [one, other] = [await start(), await start()];
    const email = "ada@example.com";
    // A front that was silent for too long on a busy machine is started again, and asked again.
    const answers = (status: number, { port }: Place, path: string, init?: RequestInit) =>
      eventually(
        `${status} from ${path}`,
        async () => {
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => null);
          return answer?.status === status;
        },
        RESTART_MS,
      );
    await answers(202, one.place, "/v1/auth/sign-up", post({ email, password: PASSWORD }));
    const inbox = async ({ mailPort }: Place): Promise<unknown[]> =>
      (await fetch(`http://127.0.0.1:${mailPort}/api/messages`)).json<unknown[]>();
    await eventually("the mail", async () => (await inbox(one.place)).length === 1);
    expect(await inbox(other.place)).toEqual([]);
    await one.mesh.stop();
    await answers(200, other.place, "/health");
    expect(other.mesh.process.exitCode).toBeNull();
  });
});

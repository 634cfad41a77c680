import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { RealMesh, treeOf, type Place } from "../real-mesh.ts";

/** `npm start`, killed and started again on the same state as often as a run wants. */
export class LiveMesh {
  readonly place: Place;
  readonly #env: Record<string, string>;
  #processes: RealMesh;

  private constructor(place: Place, env: Record<string, string>) {
    this.place = place;
    this.#env = env;
    this.#processes = new RealMesh(place, env);
  }

  static async start(place: Place, env: Record<string, string>): Promise<LiveMesh> {
    const mesh = new LiveMesh(place, env);
    await mesh.#processes.ready();
    return mesh;
  }

  get url(): string {
    return `http://127.0.0.1:${this.place.port}`;
  }

  /** `kill -9` of the workerd that runs the services; wrangler starts another. */
  killRuntime(): void {
    process.kill(runtimeOf(this.#processes.process.pid ?? -1, this.place.port), "SIGKILL");
  }

  /** `kill -9` of every process, then `npm start` again; resolves when it is ready. */
  async killTree(): Promise<void> {
    await this.#processes.killAll();
    this.#processes = new RealMesh(this.place, this.#env);
    await this.#processes.ready();
  }

  /**
   * Changes a service's variables while it runs; wrangler reloads it within a second or two. Said
   * again it changes nothing, unless somebody derived the configuration anew meanwhile.
   */
  setVariables(service: string, vars: Record<string, string>): void {
    const file = join(this.place.stateDir, "mesh", service, "wrangler.jsonc");
    const text = readFileSync(file, "utf8");
    const config = JSON.parse(text) as { vars: Record<string, unknown> };
    const changed = `${JSON.stringify({ ...config, vars: { ...config.vars, ...vars } }, null, 2)}\n`;
    if (changed !== text) writeFileSync(file, changed);
  }

  async stop(): Promise<void> {
    await this.#processes.stop();
  }
}

/** wrangler runs two workerds: one listens on the public port and passes on, the other works. */
export const runtimeOf = (root: number, frontPort: number): number => {
  const ids = treeOf(root).join(",");
  const { stdout } = spawnSync("ps", ["-ww", "-o", "pid=,args=", "-p", ids], { encoding: "utf8" });
  const runtime = stdout
    .split("\n")
    .find(
      (line) => /\bworkerd serve\b/.test(line) && !line.includes(`entry=127.0.0.1:${frontPort}`),
    );
  if (runtime === undefined) throw new Error("no workerd to kill: is it starting?");
  return Number.parseInt(runtime, 10);
};

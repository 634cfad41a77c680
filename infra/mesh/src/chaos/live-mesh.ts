import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { WranglerConfig } from "luna/service";

import { eventually } from "../people.ts";
import { RealMesh, type Place } from "../real-mesh.ts";
import { aimAt, groupsOf, runtimeOf } from "./runtime.ts";

/** A second or two, and on a busy machine minutes. */
const RELOAD_LIMIT_MS = 180_000;
const NUDGE_EVERY_MS = 4_000;
const MOST_STARTS = 3;

/** The workerd that runs the services, or every process of `npm start`. */
export type Target = "runtime" | "tree";

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

  /** `kill -9` of the workerd that runs the services; wrangler starts another. `false` if none runs. */
  killRuntime(): boolean {
    return (this.aim("runtime")?.() ?? 0) > 0;
  }

  /**
   * Looks for the processes to kill, so that the blow itself falls at once; it answers how many it
   * hit. `null` while there is nothing to hit. After a blow against the tree: `restart`.
   */
  aim(target: Target): (() => number) | null {
    const root = this.#processes.process.pid ?? -1;
    const runtime = runtimeOf(root, this.place.port);
    if (runtime === null) return null;
    return aimAt(target === "tree" ? groupsOf(root).map((group) => -group) : [runtime]);
  }

  /** `kill -9` of whatever is left, then `npm start` again; resolves when it is ready. */
  async restart(): Promise<void> {
    for (let start = 1; ; start += 1) {
      await this.#processes.killAll();
      this.#processes = new RealMesh(this.place, this.#env);
      try {
        return await this.#processes.ready();
      } catch (error) {
        // `npm start` gives up by itself; whoever waits on a busy machine says it again.
        if (start === MOST_STARTS) throw error;
      }
    }
  }

  /**
   * Changes a service's variables while it runs; wrangler reloads it within a second or two: see
   * `reloaded`. Said again it changes nothing, unless somebody derived the configuration anew.
   */
  setVariables(service: string, vars: Record<string, string>): void {
    this.#reconfigure(service, (config) => {
      config.vars = { ...config.vars, ...vars };
    });
  }

  /** Runs another source for a service, and answers which it ran before; see `reloaded`. */
  setMain(service: string, main: string): string {
    let before = "";
    this.#reconfigure(service, (config) => {
      before = config.main;
      config.main = main;
    });
    return before;
  }

  /** The same for secrets; those not named stay. */
  setSecrets(service: string, secrets: Record<string, string>): void {
    const names = Object.keys(secrets);
    const file = join(this.place.stateDir, "mesh", service, ".dev.vars");
    const kept = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !names.some((name) => line.startsWith(`${name}=`)));
    const changed = Object.entries(secrets).map(([name, value]) => `${name}='${value}'`);
    writeFileSync(file, `${[...kept, ...changed].join("\n")}\n`);
    // wrangler watches the configuration, not this file, and takes from it what is declared.
    this.#reconfigure(service, (config) => {
      const declared = new Set([...(config.secrets?.required ?? []), ...names]);
      config.secrets = { required: [...declared] };
      config["chaos"] = Date.now();
    });
  }

  /**
   * Waits until a service shows that it has reloaded. wrangler overlooks a change now and then when
   * it is busy with another, so it is told again.
   */
  async reloaded(service: string, shows: () => Promise<boolean>): Promise<void> {
    let nudged = Date.now();
    const look = async (): Promise<boolean> => {
      if (await shows()) return true;
      if (Date.now() - nudged < NUDGE_EVERY_MS) return false;
      nudged = Date.now();
      this.#reconfigure(service, (config) => {
        config["chaos"] = nudged;
      });
      return false;
    };
    await eventually(`${service} to reload`, look, RELOAD_LIMIT_MS);
  }

  #reconfigure(service: string, change: (config: WranglerConfig) => void): void {
    const file = join(this.place.stateDir, "mesh", service, "wrangler.jsonc");
    const text = readFileSync(file, "utf8");
    const config = JSON.parse(text) as WranglerConfig;
    change(config);
    const changed = `${JSON.stringify(config, null, 2)}\n`;
    if (changed !== text) writeFileSync(file, changed);
  }

  async stop(): Promise<void> {
    await this.#processes.stop();
  }
}

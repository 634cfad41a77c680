import { eventually } from "../people.ts";
import type { LiveMesh, Target } from "./live-mesh.ts";
import { pause } from "./provider-event.ts";
import type { Run } from "./run.ts";

/** The last stretch belongs to nobody: what was killed last has to come back under load. */
const LAST_KILL = 0.9;
/** From the first byte of an acknowledgement: nothing, or as long as its event may take to apply. */
const MOST_DELAY_MS = 40;
const UP_LIMIT_MS = 180_000;

interface Blow {
  target: Target;
  /** It falls with the acknowledgement that makes so many of them. */
  acked: number;
  /** Or, on a machine too slow for that, with the first one after so long. */
  latestMs: number;
  delayMs: number;
}

/**
 * Kills fall into equal stretches of what is acknowledged, each anywhere in its own: so every one
 * hits a mesh that works. Every other one hits all of it, and every other pair falls in the moment in
 * which the first bytes of a 200 are read: whatever acknowledges before it has committed is caught.
 */
const planKills = (events: number, kills: number, limitMs: number, random: () => number): Blow[] =>
  Array.from({ length: kills }, (_, index) => ({
    target: index % 2 === 0 ? "runtime" : "tree",
    acked: Math.floor(((index + random()) * events * LAST_KILL) / kills),
    latestMs: ((index + 1) * limitMs) / (kills + 1),
    delayMs: index % 4 < 2 ? 0 : Math.ceil(random() * MOST_DELAY_MS),
  }));

const isUp = async (mesh: LiveMesh): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(5_000);
    return (await fetch(`${mesh.url}/health`, { signal })).status === 200;
  } catch {
    return false;
  }
};

/** Kills a mesh by plan, each time somebody tells it of an acknowledgement. */
export class Killer {
  kills = 0;
  readonly #mesh: LiveMesh;
  readonly #say: Run["say"];
  readonly #blows: Blow[];
  readonly #begun = performance.now();
  #acked = 0;
  #strike: (() => number) | null = null;
  #recovering: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(
    mesh: LiveMesh,
    plan: { events: number; kills: number; limitMs: number },
    { random, say }: { random: () => number; say: Run["say"] },
  ) {
    this.#mesh = mesh;
    this.#say = say;
    this.#blows = planKills(plan.events, plan.kills, plan.limitMs, random);
  }

  /** The first blow needs an aim too. */
  async begin(): Promise<void> {
    this.#recovering = this.#aim();
    await this.#recovering;
  }

  /** Must be called in the moment of an acknowledgement: the blow falls before it returns. */
  acked(): void {
    this.#acked += 1;
    const [blow] = this.#blows;
    if (blow === undefined || this.#strike === null) return;
    const late = performance.now() - this.#begun >= blow.latestMs;
    if (this.#acked < blow.acked && !late) return;
    const strike = this.#strike;
    this.#strike = null;
    const dead = blow.delayMs === 0 ? strike() : null;
    this.#recovering = this.#recover(blow, strike, dead).catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  /** Resolves when the mesh is up after the last of them. */
  async over(): Promise<void> {
    await this.#recovering;
    if (this.#failure !== null) throw this.#failure;
  }

  async #recover(blow: Blow, strike: () => number, struck: number | null): Promise<void> {
    const at = this.#acked;
    if (struck === null) await pause(blow.delayMs);
    const dead = struck ?? strike();
    if (dead > 0) {
      this.#blows.shift();
      this.kills += 1;
      const what = blow.target === "tree" ? "everything, then npm start" : "the services' runtime";
      this.#say(`  ${blow.delayMs} ms into acknowledgement ${at}: kill -9 of ${what}`);
    } else this.#say(`  at acknowledgement ${at} there was nothing left to kill`);
    if (dead > 0 && blow.target === "tree") await this.#mesh.restart();
    await eventually("the mesh after a kill", () => isUp(this.#mesh), UP_LIMIT_MS);
    await this.#aim();
  }

  async #aim(): Promise<void> {
    const [next] = this.#blows;
    if (next === undefined) return;
    this.#strike = await eventually("something to kill", () =>
      Promise.resolve(this.#mesh.aim(next.target)),
    );
  }
}

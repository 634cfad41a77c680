import type { Tier } from "@luna/shared/plans";

import { failures, drive, once } from "./load/drive.ts";
import { requestBytes } from "./load/request.ts";
import { makeAccounts, type Account } from "./mesh/make-accounts.ts";
import { makeKeys } from "./mesh/make-keys.ts";
import { startMesh, type Mesh, type MeshOptions } from "./mesh/start-mesh.ts";
import { signUpPeers } from "./peers/sign-up-peers.ts";
import { startPeers, type Peers } from "./peers/start-peers.ts";

/** How thorough a run is. */
export interface Effort {
  /** Milliseconds of what is measured by itself. */
  sliceMs: number;
  /**
   * Milliseconds of one turn of a row that is compared. Short, because what else a machine does comes and
   * goes within seconds: the rows of one turn then find it in the same mood.
   */
  turnMs: number;
  turns: number;
  /**
   * Traffic that a thousand callers have had before it is measured: the first seconds after a silence
   * write more rows, because nobody knows yet that it will go on.
   */
  steadyMs: number;
  /** Credentials of the spread rows. */
  accounts: number;
  /** Seeds of the accuracy run. */
  seeds: number;
}

/** Requests under way at any time, in every row that does not say otherwise. */
export const IN_FLIGHT = 32;

export interface Populated {
  mesh: Mesh;
  accounts: Account[];
}

export interface PopulatedPeers {
  peers: Peers;
  /** Callers that the bare peers know by name. */
  callers: string[];
  /** Cookies of signed-in callers of better-auth, without and with its cookie cache. */
  cookies: string[];
  cachedCookies: string[];
}

/** A plan that a thousand callers can share the bench's load under at the limits production has. */
const SPREAD_TIER: Tier = "pro";

const askAll = async (port: number, accounts: readonly Account[]): Promise<number> => {
  const requests = accounts.map(({ token }) => requestBytes({ path: "/v1/me", token }));
  return failures(await drive({ ports: [port], inFlight: 8, next: once(requests) }));
};

/** Every Subject knows its user. What the degraded mode answered while it was told is asked again. */
export const heal = async ({ mesh, accounts }: Populated): Promise<void> => {
  const [port = 0] = mesh.ports;
  const failed = (await askAll(port, accounts)) > 0 ? await askAll(port, accounts) : 0;
  if (failed > 0) throw new Error(`the mesh refuses ${failed} of ${accounts.length} callers`);
};

/** Every object is awake, and every isolate has verified each token and kept each answer. */
export const warm = async (populated: Populated): Promise<void> => {
  await heal(populated);
  for (const port of populated.mesh.ports) await askAll(port, populated.accounts);
};

/** Starts what rows need when they first need it, and ends all of it together. */
export const createStage = (effort: Effort, clock: () => number) => {
  const stops: (() => Promise<void>)[] = [];
  const kept = new Map<string, Promise<unknown>>();

  const share = <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    kept.set(name, made);
    return made;
  };

  /** A mesh of the caller's own, with accounts whose objects are still asleep. */
  const populate = async (
    options: MeshOptions,
    count: number,
    tier: Tier,
    passwordHash = "",
  ): Promise<Populated> => {
    const mesh = await startMesh(options);
    stops.push(() => mesh.stop());
    return {
      mesh,
      accounts: await makeAccounts(mesh, { count, tier, passwordHash, now: clock() }),
    };
  };

  const stage = {
    effort,
    clock,
    populate,

    /** The mesh as built, at production's limits, with warm objects. */
    spread: () =>
      share("spread", async () => {
        const populated = await populate({}, effort.accounts, SPREAD_TIER);
        await warm(populated);
        return populated;
      }),

    /** API keys of the first of these accounts, made by the API. */
    keys: () =>
      share("keys", async () => {
        const { mesh, accounts } = await stage.spread();
        return makeKeys(mesh, accounts.slice(0, Math.ceil(accounts.length / 4)));
      }),

    /** The mesh as built, with limits that one caller alone cannot reach. */
    roomy: () => share("roomy", () => populate({ limitScale: 10_000 }, 1, SPREAD_TIER)),

    /** The mesh whose Subjects admit everybody. */
    unlimited: () =>
      share("unlimited", () => populate({ shell: "no-limiter" }, effort.accounts, SPREAD_TIER)),

    /** The mesh that asks no Subject. */
    hopless: () =>
      share("hopless", () => populate({ shell: "no-hop" }, effort.accounts, SPREAD_TIER)),

    peers: () =>
      share("peers", async (): Promise<PopulatedPeers> => {
        const peers = await startPeers();
        stops.push(() => peers.stop());
        const callers = Array.from({ length: effort.accounts }, (_, index) => `user-${index}`);
        await peers.addUsers(callers);
        return {
          peers,
          callers,
          cookies: await signUpPeers(await peers.port("better-auth"), effort.accounts),
          cachedCookies: await signUpPeers(await peers.port("better-auth-cookie"), effort.accounts),
        };
      }),

    async close(): Promise<void> {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
  return stage;
};
export type Stage = ReturnType<typeof createStage>;

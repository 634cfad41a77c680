import { teamTag, type Tag } from "../tag-index/tags.ts";
import type { TagIndex } from "../tag-index/tag-index.ts";
import { TOLERANT } from "./cache-for-tests.ts";
import { createCache } from "./cache.ts";
import { createHostileKv } from "./hostile-kv-for-tests.ts";
import { createCacheIsolate } from "./isolate.ts";
import { seeded, type VirtualTime } from "./virtual-time-for-tests.ts";

/** What the clients of one schedule saw. */
export interface Seen {
  reads: number;
  /** Reads that showed less than what was committed before they began. */
  stale: number;
  /** Reads that showed what the origin never had, or another team's. */
  wrong: number;
  /** Reads that failed although the origin had not. */
  failed: number;
  /** Reads that took longer than every wait on their way together. */
  late: number;
  loads: number;
}

const TEAMS = ["a", "b"];
const CLIENTS = 3;
const STEPS = 5;
/** Versions 1 s, another's load 1 s, KV 150 ms, own load up to 200 ms, and the origin's own hang. */
const LONGEST_MS = 2_500;

/** How a schedule's reads find the version of a tag. The index of record, or a control. */
export type IndexOf = (record: TagIndex, time: VirtualTime) => TagIndex;

/** Three clients write and read two teams through two isolates in two locations, as the seed wills. */
export const runSchedule = async (
  seed: number,
  time: VirtualTime,
  indexOf: IndexOf = (record) => record,
): Promise<Seen> => {
  const random = seeded(seed);
  const chance = (share: number) => random() < share;
  const committed = new Map(TEAMS.map((team) => [team, 0]));
  const versions = new Map<Tag, string>();
  const seen: Seen = { reads: 0, stale: 0, wrong: 0, failed: 0, late: 0, loads: 0 };
  const valueOf = (team: string) => committed.get(team) ?? 0;

  const record: TagIndex = {
    versionsOf: async (tags) => {
      await time.sleep(random() * 30);
      if (chance(0.03)) throw new Error("index failed");
      if (chance(0.01)) await new Promise(() => {});
      const found = new Map(tags.map((tag) => [tag, versions.get(tag) ?? "0"]));
      await time.sleep(random() * 30);
      return found;
    },
    invalidate: async () => {},
  };
  const kv = createHostileKv(time, random);
  const isolates = [0, 1].map(() => ({
    isolate: createCacheIsolate({ clock: time.now, random }),
    request: { kv: kv.location(), tags: indexOf(record, time), waitUntil: () => {} },
  }));

  /** The change and its tag in one batch, which is what makes them one step. */
  const write = async (team: string) => {
    await time.sleep(random() * 60);
    committed.set(team, valueOf(team) + 1);
    versions.set(teamTag(team), String(random()));
    await time.sleep(random() * 60);
  };
  const read = async (team: string) => {
    const { isolate, request } = isolates[chance(0.5) ? 0 : 1] ?? isolates[0] ?? never();
    const began = { at: time.now(), value: valueOf(team) };
    const origin = { failed: false, hung: false };
    const load = async () => {
      seen.loads += 1;
      await time.sleep(random() * 100);
      if (chance(0.04)) {
        origin.failed = true;
        throw new Error("origin failed");
      }
      if (chance(0.02)) {
        origin.hung = true;
        await new Promise(() => {});
      }
      const value = valueOf(team);
      await time.sleep(random() * 100);
      return { team, members: [String(value)] };
    };
    const ended = createCache(isolate, request).read(TOLERANT, [team], load);
    const given = await Promise.race([ended.catch(() => "failed" as const), time.sleep(5_000)]);
    seen.reads += 1;
    if (given === undefined) seen.late += origin.hung ? 0 : 1;
    else if (given === "failed") seen.failed += origin.failed ? 0 : 1;
    else {
      const value = Number(given.members[0]);
      if (value < began.value) seen.stale += 1;
      if (given.team !== team || value > valueOf(team)) seen.wrong += 1;
      if (time.now() - began.at > LONGEST_MS) seen.late += 1;
    }
  };
  const client = async () => {
    for (let step = 0; step < STEPS; step += 1) {
      // Sometimes on each other's heels, sometimes past a minute's staleness.
      await time.sleep(random() * (chance(0.7) ? 100 : 90_000));
      const team = TEAMS[chance(0.6) ? 0 : 1] ?? "a";
      if (chance(0.35)) await write(team);
      await read(team);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  await time.run();
  await clients;
  return seen;
};

const never = (): never => {
  throw new Error("no such isolate");
};

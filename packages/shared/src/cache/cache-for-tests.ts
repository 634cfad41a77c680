import * as v from "valibot";

import { createDatabase } from "../d1/database.ts";
import { openTestD1 } from "../d1/sqlite-for-tests.ts";
import { createD1TagIndex } from "../tag-index/d1-tag-index.ts";
import { TAGS_TABLE } from "../tag-index/table-for-tests.ts";
import { teamTag } from "../tag-index/tags.ts";
import { createCache, type CacheRequest } from "./cache.ts";
import { defineCache } from "./definition.ts";
import { createCacheIsolate } from "./isolate.ts";
import { createTestKv } from "./kv-for-tests.ts";

export interface Directory {
  team: string;
  members: string[];
}

export const DIRECTORY = defineCache({
  name: "test.directory",
  schemaVersion: 1,
  schema: v.strictObject({ team: v.string(), members: v.array(v.string()) }),
  ttlMs: 60_000,
  staleIfErrorMs: 0,
  tags: (team: string) => [teamTag(team)],
});

/** A directory that may be served stale for an hour when its origin fails. */
export const TOLERANT = defineCache({ ...DIRECTORY, staleIfErrorMs: 3_600_000 });

/** One isolate with a KV and a tag index of its own, and an origin that can be told what to do. */
export const openCache = (over: Partial<CacheRequest> = {}) => {
  const kv = createTestKv();
  const index = createD1TagIndex(createDatabase(openTestD1(TAGS_TABLE).d1));
  const background: Promise<unknown>[] = [];
  const request: CacheRequest = {
    kv,
    tags: index,
    waitUntil: (work) => void background.push(work),
    ...over,
  };
  const open = () => {
    const isolate = createCacheIsolate({ clock: Date.now, random: () => 0.5 });
    return { isolate, cache: createCache(isolate, request) };
  };
  const origin = {
    loads: 0,
    members: ["ada"],
    fault: null as Error | null,
    load: async (): Promise<Directory> => {
      origin.loads += 1;
      if (origin.fault !== null) throw origin.fault;
      return { team: "t", members: [...origin.members] };
    },
  };
  const settled = async () => {
    for (let work = background.shift(); work !== undefined; work = background.shift()) await work;
  };
  return { kv, index, origin, settled, open, ...open() };
};

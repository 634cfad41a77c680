import { sha256Hex } from "../bytes.ts";
import { within } from "../deadline.ts";
import type { TagIndex } from "../tag-index/tag-index.ts";
import type { CacheArgument, CacheDefinition } from "./definition.ts";

/** A tag index that takes longer is not worth waiting for: the origin is asked instead. */
const VERSIONS_DEADLINE_MS = 1_000;

const late = (): never => {
  throw new Error("no tag versions in time");
};

/**
 * The key of one immutable entry: a hash, so that nothing personal shows in it, over everything that
 * decides its content. Because the versions of the tags are in it, a KV that serves old entries
 * serves nobody: their keys are not asked for any more.
 *
 * @throws if the versions cannot be told
 */
export const cacheKey = async <Args extends readonly CacheArgument[]>(
  { name, schemaVersion, tags }: CacheDefinition<Args, never>,
  args: Args,
  index: TagIndex | null,
): Promise<string> => {
  const wanted = tags(...args);
  let versions: (readonly [string, string])[] = [];
  if (wanted.length > 0) {
    if (index === null) throw new TypeError(`${name} has tags and no index to look them up in`);
    const found = await within(VERSIONS_DEADLINE_MS, index.versionsOf(wanted), late);
    versions = wanted.map((tag) => {
      const version = found.get(tag);
      if (version === undefined) throw new Error("a tag without a version");
      return [tag, version];
    });
  }
  return `cache:${await sha256Hex(JSON.stringify([name, schemaVersion, args, versions]))}`;
};

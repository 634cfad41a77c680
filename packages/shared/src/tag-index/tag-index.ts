import type { Tag } from "./tags.ts";

/** The version of each tag asked for. Opaque and random: it can be compared and nothing else. */
export type TagVersions = ReadonlyMap<Tag, string>;

/** What a tag has that was never invalidated, or not for longer than any entry lives. */
export const UNTOUCHED = "0";

/**
 * Which version every tag has now.
 *
 * Read the versions BEFORE the data and make them part of the entry's key. An invalidation that
 * lands while the data is being loaded then leaves the entry under a version nobody asks for again;
 * a time stamp taken after the load would make the old data look newer than the invalidation.
 */
export interface TagIndex {
  /** One round trip for all of them; none for none. */
  versionsOf(tags: readonly Tag[]): Promise<TagVersions>;
  /** Gives each tag a version it never had. For changes that are not one batch with the tags. */
  invalidate(tags: readonly Tag[], now: number): Promise<void>;
}

import type { Billing } from "./billing.ts";
import { knownStore } from "./known-store.ts";
import type { Failed } from "./lemonsqueezy/call.ts";
import { COLLECTIONS, type Resource } from "./lemonsqueezy/resource.ts";
import type { Cursor, Scope, Suspect } from "./reconcile-store.ts";

/** A look at the recent past reaches over four of its quarters. */
const RECENT_MS = 60 * 60 * 1_000;
/** Less than a minute's calls, so that the walk of everything is never held up by more. */
const MOST_SUSPECTS = 50;

/** Where a comparison begins. */
export const firstCursor = async ({ db }: Billing, scope: Scope, now: number): Promise<Cursor> => {
  const lists = { collections: [...COLLECTIONS], page: 1 };
  if (scope === "all") return { ...lists, objects: [], since: null };
  const since = now - RECENT_MS;
  const objects = await knownStore(db).suspects(since, now, MOST_SUSPECTS);
  return { ...lists, objects, since };
};

export const isOver = ({ objects, collections }: Cursor): boolean =>
  objects.length === 0 && collections.length === 0;

/** A walk of everything comes to them anyway. */
export const withSuspects = (cursor: Cursor, suspects: readonly Suspect[]): Cursor => {
  if (cursor.since === null) return cursor;
  const asked = new Map([...cursor.objects, ...suspects].map((one) => [JSON.stringify(one), one]));
  return { ...cursor, objects: [...asked.values()].slice(0, MOST_SUSPECTS) };
};

/** What one call of the provider showed, and what is left after it. */
type Look = { resources: readonly Resource[]; left: Cursor } | { failed: Failed; detail: string };

/** The provider lists the newest first, so one that is older than `since` ends what is asked for. */
const reachesBefore = (since: number | null, resources: readonly Resource[]): boolean =>
  since !== null &&
  resources.some(({ attributes }) => Date.parse(String(attributes["created_at"])) < since);

const lookAtObject = async ({ lemonSqueezy }: Billing, cursor: Cursor): Promise<Look> => {
  const [suspect, ...objects] = cursor.objects;
  const left: Cursor = { ...cursor, objects };
  if (suspect === undefined) return { resources: [], left };
  const answer = await lemonSqueezy.fetchObject(suspect.collection, suspect.id);
  if (answer.ok) return { resources: [answer.value], left };
  // One that the provider does not show must not keep it from showing the others.
  if (answer.code === "not_found" || answer.code === "refused") return { resources: [], left };
  return { failed: answer.code, detail: answer.detail };
};

const lookAtList = async ({ lemonSqueezy }: Billing, cursor: Cursor): Promise<Look> => {
  const [collection = "orders", ...collections] = cursor.collections;
  const answer = await lemonSqueezy.list(collection, { page: cursor.page });
  const next: Cursor = { ...cursor, collections, page: 1 };
  // A page past the end of a list is one that shrank meanwhile.
  if (!answer.ok && answer.code === "not_found") return { resources: [], left: next };
  if (!answer.ok) return { failed: answer.code, detail: answer.detail };
  const { resources, more } = answer.value;
  const goesOn = more && !reachesBefore(cursor.since, resources);
  return { resources, left: goesOn ? { ...cursor, page: cursor.page + 1 } : next };
};

/** Asks what comes next. */
export const look = (billing: Billing, cursor: Cursor): Promise<Look> =>
  cursor.objects.length > 0 ? lookAtObject(billing, cursor) : lookAtList(billing, cursor);

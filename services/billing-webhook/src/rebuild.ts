import { auditRow } from "@luna/shared/audit";
import { sql } from "@luna/shared/d1/sql";
import { commitWithEffects } from "@luna/shared/outbox/outbox";

import type { Billing } from "./billing.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { recallOwned } from "./link-store.ts";
import { TABLES } from "./observed-store.ts";
import { putTold } from "./plan-writes.ts";
import { followDecisions, linkStory } from "./rebuild-links.ts";
import { rebuildStore, type StoredRow } from "./rebuild-store.ts";
import { differing, storyOf, type Story } from "./story.ts";
import type { ToldKind } from "./told.ts";

/** How a table differs from what its deliveries tell, or a link from what a person decided. */
export interface Difference {
  kind: ToldKind | "link";
  id: string;
  /** Not stored, stored as something else, or stored although nothing told of it. */
  what: "missing" | "different" | "untold";
  /** The columns that differ. */
  columns: string[];
}

interface Rebuilt {
  objects: number;
  differences: Difference[];
  /** Where to go on; `null` at the end. */
  next: string | null;
}

type Step = { does: "decisions" } | { does: "link" | "compare"; kind: ToldKind };

/**
 * The order of the walk. It begins with whose things are, because nothing is stored without an owner:
 * first what people decided, then what references prove. An order may be linked by its subscription's
 * reference, and the other way round.
 */
const REPAIR: readonly Step[] = [
  { does: "decisions" },
  { does: "link", kind: "subscription" },
  { does: "link", kind: "order" },
  { does: "compare", kind: "subscription" },
  { does: "compare", kind: "order" },
  { does: "compare", kind: "invoice" },
  { does: "compare", kind: "license_key" },
];
/** Looking changes nothing, so it makes no links. */
const LOOK = REPAIR.filter(({ does }) => does !== "link");

/** Untold rows named in one answer: each is a riddle of its own. */
const MOST_UNTOLD = 100;

const compare = (kind: ToldKind, story: Story, row: StoredRow | undefined): Difference | null => {
  const { id } = story.told.value;
  if (row === undefined) return { kind, id, what: "missing", columns: [] };
  const columns = [...differing(story, row), ...(row.owned === 1 ? [] : ["owner"])];
  return columns.length === 0 ? null : { kind, id, what: "different", columns };
};

/**
 * Makes one row what its deliveries tell. A subscription that is stored anew is counted from one again,
 * so the epoch rises: receivers would take its announcement for an old one.
 */
const repair = async (billing: Billing, story: Story, found: Difference): Promise<void> => {
  const { trace } = billing;
  const { told, digest, eventId } = story;
  const { kind } = told;
  const { id, what } = found;
  const attempt = { eventId, stamp: `${eventId}.rebuilt`, now: billing.clock() };
  const disowned = found.columns.includes("owner");
  const stored = sql`EXISTS (SELECT 1 FROM ${TABLES[kind]} WHERE id = ${id})`;
  const anew = kind === "subscription" && (what === "missing" || disowned);
  const audit = auditRow(
    {
      actor: "service:billing-webhook",
      action: `${kind}.rebuilt`,
      subject: id,
      detail: { what, eventId },
    },
    trace,
    attempt.now,
    stored,
  );
  const announcement = {
    effect: "users.subscription",
    key: `subscription:${id}:${attempt.stamp}:${attempt.now}`,
    payload: { id },
    when: stored,
  };
  const { relay } = await commitWithEffects(
    billing,
    [
      ...(await linkStory(billing, story)),
      sql`DELETE FROM ${TABLES[kind]} WHERE id = ${id} AND ${disowned}`,
      putTold(told, digest, attempt, sql`TRUE`),
      sql`UPDATE epoch SET value = value + 1 WHERE ${anew} AND ${stored}`,
      audit,
    ],
    kind === "subscription" ? [announcement] : [],
  );
  await relay();
};

/** One page of one kind: the links of its objects, or how what is stored of them differs. */
const walkPage = async (
  billing: Billing,
  { does, kind }: Exclude<Step, { does: "decisions" }>,
  after: string,
  repairs: boolean,
): Promise<Rebuilt> => {
  const store = rebuildStore(billing.db);
  const objectType = lemonSqueezyEvents.objectTypes[kind];
  const page = await store.page(kind, objectType, after, does === "link");
  const differences: Difference[] = [];
  let objects = 0;
  for (const applied of page.objects) {
    const story = await storyOf(applied);
    if (story === null) continue;
    if (does === "link") {
      await billing.db.batch(await linkStory(billing, story));
      continue;
    }
    objects += 1;
    const difference = compare(kind, story, page.rows.get(story.told.value.id));
    if (difference === null) continue;
    differences.push(difference);
    if (repairs) await repair(billing, story, difference);
  }
  const untold =
    does === "link" || page.next !== null ? [] : await store.untold(kind, objectType, MOST_UNTOLD);
  for (const id of untold) differences.push({ kind, id, what: "untold", columns: [] });
  return { objects, differences, next: page.next };
};

/**
 * Compares the tables with what the stored deliveries and the decisions of people tell, and with
 * `repairs` makes them so. One page per call, from `cursor` (`null` for the beginning). What no delivery
 * told of is named, never deleted: a person has to know why it is there.
 */
export const rebuildPage = async (
  billing: Billing,
  cursor: string | null,
  repairs: boolean,
): Promise<Rebuilt> => {
  const steps = repairs ? REPAIR : LOOK;
  const [, index = "0", after = ""] = /^(\d):(.*)$/.exec(cursor ?? "") ?? [];
  const step = steps[Number(index)];
  if (step === undefined) return { objects: 0, differences: [], next: null };
  const page =
    step.does === "decisions"
      ? { objects: 0, differences: await followDecisions(billing, repairs), next: null }
      : await walkPage(billing, step, after, repairs);
  if (page.next !== null) return { ...page, next: `${index}:${page.next}` };
  const following = Number(index) + 1;
  if (following < steps.length) return { ...page, next: `${following}:` };
  if (repairs) await billing.db.write(recallOwned(billing.clock()));
  return { ...page, next: null };
};

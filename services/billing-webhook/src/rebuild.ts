import { auditRow } from "@luna/shared/audit";
import { sql, type Sql } from "@luna/shared/d1/sql";
import { commitWithEffects } from "@luna/shared/outbox/outbox";

import type { Billing } from "./billing.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { TABLES } from "./observed-store.ts";
import { linkWrites, purchaseOf, putTold } from "./plan-writes.ts";
import { rebuildStore, type StoredRow } from "./rebuild-store.ts";
import { differing, storyOf, type Story } from "./story.ts";
import type { ToldKind } from "./told.ts";
import { weighRef } from "./weigh-ref.ts";

/** How a table differs from what its deliveries tell. */
export interface Difference {
  kind: ToldKind;
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

/**
 * The order of the walk. Repairing begins with whose things are, because nothing is stored without an
 * owner: an order may be linked by its subscription's reference, and the other way round.
 */
const STEPS = [
  { kind: "subscription", links: true },
  { kind: "order", links: true },
  { kind: "subscription", links: false },
  { kind: "order", links: false },
  { kind: "invoice", links: false },
  { kind: "license_key", links: false },
] as const;
/** Looking begins where the tables are compared. */
const FIRST_LOOK = 2;

/** Untold rows named in one answer: each is a riddle of its own. */
const MOST_UNTOLD = 100;

/** The links that the references in these deliveries prove. */
const links = async (billing: Billing, { events }: Story): Promise<Sql[]> => {
  const statements = events.map(async ({ id, event: { told, ref } }) => {
    const attempt = { eventId: id, stamp: `${id}.rebuilt`, now: billing.clock() };
    const weighed = await weighRef(billing, ref, purchaseOf(told)?.variantId ?? null);
    return linkWrites(told, weighed, attempt, billing.trace);
  });
  return (await Promise.all(statements)).flat();
};

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
  const { kind, id, what } = found;
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
      ...(await links(billing, story)),
      sql`DELETE FROM ${TABLES[kind]} WHERE id = ${id} AND ${disowned}`,
      putTold(told, digest, attempt, sql`TRUE`),
      sql`UPDATE epoch SET value = value + 1 WHERE ${anew} AND ${stored}`,
      audit,
    ],
    kind === "subscription" ? [announcement] : [],
  );
  await relay();
};

/** Where a walk stands: the step, and the object it has reached. */
const cursorOf = (step: number, after: string): string | null =>
  step < STEPS.length ? `${step}:${after}` : null;

/**
 * Compares the tables with what the stored deliveries alone tell, and with `repairs` makes them so.
 * One page per call, from `cursor` (`null` for the beginning). What no delivery told of is named, never
 * deleted: a person has to know why it is there.
 */
export const rebuildPage = async (
  billing: Billing,
  cursor: string | null,
  repairs: boolean,
): Promise<Rebuilt> => {
  const [, stepText, after = ""] = /^(\d):(.*)$/.exec(cursor ?? "") ?? [];
  const step = Number(stepText ?? (repairs ? 0 : FIRST_LOOK));
  const here = STEPS[step];
  if (here === undefined) return { objects: 0, differences: [], next: null };
  const { kind } = here;
  const store = rebuildStore(billing.db);
  const objectType = lemonSqueezyEvents.objectTypes[kind];
  const page = await store.page(kind, objectType, after);
  const differences: Difference[] = [];
  let objects = 0;
  for (const applied of page.objects) {
    const story = await storyOf(applied);
    if (story === null) continue;
    if (here.links) {
      await billing.db.batch(await links(billing, story));
      continue;
    }
    objects += 1;
    const difference = compare(kind, story, page.rows.get(story.told.value.id));
    if (difference === null) continue;
    differences.push(difference);
    if (repairs) await repair(billing, story, difference);
  }
  if (page.next !== null) return { objects, differences, next: cursorOf(step, page.next) };
  const untold = here.links ? [] : await store.untold(kind, objectType, MOST_UNTOLD);
  for (const id of untold) differences.push({ kind, id, what: "untold", columns: [] });
  return { objects, differences, next: cursorOf(step + 1, "") };
};

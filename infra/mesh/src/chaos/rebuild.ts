import { bearer, eventually, json } from "../people.ts";
import { billingStage, type BillingStage } from "./billing-stage.ts";
import { alter, rows } from "./d1-file.ts";
import { deliverSurely } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { settled, tellStory } from "./story.ts";
import { figure } from "./targets.ts";
import { withoutComparisons } from "./without-comparisons.ts";

const FULL = { subscriptions: 10, events: 200 };
const QUICK = { subscriptions: 3, events: 30 };

const TABLES = ["owners", "subscriptions", "orders", "invoices", "license_keys"] as const;
/** Which delivery told it and when it was written down; the count starts again with a new epoch. */
const INCIDENTAL = new Set(["changed_by", "receipt_by", "linked_by", "linked_at", "seq"]);

const snapshot = ({ billing }: BillingStage): Set<string> =>
  new Set(
    TABLES.flatMap((table) =>
      rows<Record<string, unknown>>(billing, `SELECT * FROM ${table}`).map((row) =>
        JSON.stringify([table, Object.entries(row).filter(([name]) => !INCIDENTAL.has(name))]),
      ),
    ),
  );

/** Nothing but the raw deliveries and what checkouts were made for is left. */
const forgetAll = ({ billing }: BillingStage): void =>
  alter(billing, (db) =>
    db.exec(`
      ${TABLES.map((table) => `DELETE FROM ${table};`).join("\n")}
      UPDATE checkouts SET order_id = NULL, subscription_id = NULL;`),
  );

const rebuild = async (stage: BillingStage): Promise<void> => {
  const headers = bearer(await stage.admin());
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const path = `/v1/admin/billing/rebuild?repair=true${query}`;
    const answer: { nextCursor: string | null } = await json(
      stage.fetch(path, { method: "POST", headers }),
    );
    cursor = answer.nextCursor;
  } while (cursor !== null);
};

/** Deletes the tables and has them made again; the rows that differ from what they were. */
const deleteAndRebuild = async (stage: BillingStage, before: Set<string>): Promise<string[]> => {
  forgetAll(stage);
  await rebuild(stage);
  const differing = (): string[] => {
    const after = snapshot(stage);
    return [
      ...[...before].filter((row) => !after.has(row)),
      ...[...after].filter((row) => !before.has(row)),
    ];
  };
  const areBack = (): Promise<boolean> => Promise.resolve(differing().length === 0);
  await eventually("the tables to be back", areBack).catch(() => null);
  return differing();
};

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const stage = await billingStage(context);
  const buyer = await stage.join("rebuilt");
  const { events } = await tellStory(stage, buyer, effort, context.random("rebuild"));
  for (const event of events) await deliverSurely(stage.mesh, stage.secret, event);
  await settled(stage);

  const left = await withoutComparisons(stage, () => {
    const before = snapshot(stage);
    say(`  ${before.size} rows deleted and made again from the stored bytes`);
    return deleteAndRebuild(stage, before);
  });
  for (const row of left.slice(0, 3)) say(`  differs: ${row.slice(0, 90)}`);
  return [figure("rebuild.diff", left.length, context.quick)];
};

/** The raw deliveries alone say everything the tables say. */
export const rebuildTables: Section = {
  ids: ["rebuild.diff"],
  subject: "billing",
  lane: "mesh",
  run,
};

import { auditRow } from "@luna/shared/audit";
import { toBase64Url, utf8 } from "@luna/shared/bytes";
import { PageQuery } from "@luna/shared/http/cursor";
import { reply, type Reply } from "@luna/shared/http/reply";
import * as v from "valibot";

import { signedIn, type BillingContext } from "./context.ts";
import { rebuildPage, type Difference } from "./rebuild.ts";

export const RebuildQuery = v.strictObject({
  /** `true` makes the tables what the deliveries tell; otherwise only looks. */
  repair: v.optional(v.picklist(["true", "false"]), "false"),
  cursor: PageQuery.entries.cursor,
});

export const RebuildAnswer = v.strictObject({
  /** How many objects were compared. */
  objects: v.number(),
  differences: v.array(
    v.strictObject({
      /** `link`: whose a purchase is, as an operator or its buyer decided; `order:1` or `subscription:1`. */
      kind: v.picklist(["subscription", "order", "invoice", "license_key", "link"]),
      id: v.string(),
      what: v.picklist(["missing", "different", "untold"]),
      columns: v.array(v.string()),
    }),
  ),
  /** Ask again from here; `null` at the end. */
  nextCursor: v.nullable(v.string()),
});

/** A person waits, and an invocation may make a thousand database calls. */
const BUDGET_MS = 10_000;
const MOST_PAGES = 50;
const MOST_DIFFERENCES = 100;

/**
 * `POST /v1/admin/billing/rebuild`: whether the tables say what the stored deliveries and the decisions
 * of people tell, and with `repair=true` makes them so. A shop that is too big for one answer goes on at
 * `nextCursor`.
 */
export const runRebuild = async (
  { query }: { query: v.InferOutput<typeof RebuildQuery> },
  context: BillingContext,
): Promise<Reply> => {
  const { billing, trace, now } = context;
  const repairs = query.repair === "true";
  const entry = { actor: signedIn(context).userId, action: "tables.rebuilt", subject: "billing" };
  await billing.db.write(auditRow({ ...entry, detail: { repairs } }, trace, now));
  // What it calls back is applied within five seconds.
  if (repairs) await billing.sweeper.arm();
  const differences: Difference[] = [];
  let objects = 0;
  let cursor: string | null = query.cursor ?? null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const rebuilt = await rebuildPage(billing, cursor, repairs);
    objects += rebuilt.objects;
    differences.push(...rebuilt.differences);
    cursor = rebuilt.next;
    const enough = differences.length >= MOST_DIFFERENCES || billing.clock() - now > BUDGET_MS;
    if (cursor === null || enough) break;
  }
  const nextCursor = cursor === null ? null : toBase64Url(utf8(cursor));
  return reply(200, { objects, differences, nextCursor });
};

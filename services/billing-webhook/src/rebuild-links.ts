import type { Sql } from "@luna/shared/d1/sql";

import type { Billing } from "./billing.ts";
import { decisionStore } from "./decision-store.ts";
import { rememberIdentifier } from "./order-store.ts";
import { linkWrites, purchaseOf } from "./plan-writes.ts";
import type { Difference } from "./rebuild.ts";
import type { Story } from "./story.ts";
import { weighRef } from "./weigh-ref.ts";

/** Decisions named in one answer. */
const MOST_NAMED = 100;

/** Tells which decisions of people the links do not follow, and with `repairs` makes them follow. */
export const followDecisions = async ({ db }: Billing, repairs: boolean): Promise<Difference[]> => {
  const store = decisionStore(db);
  const ignored = await store.ignored(MOST_NAMED);
  if (repairs) await store.restore();
  return ignored.map(({ object, objectId, owned }) => ({
    kind: "link",
    id: `${object}:${objectId}`,
    what: owned === 1 ? "different" : "missing",
    columns: owned === 1 ? ["owner"] : [],
  }));
};

/** The links that the references in these deliveries prove, and what a claim finds an order by. */
export const linkStory = async (billing: Billing, { events, told }: Story): Promise<Sql[]> => {
  const statements = events.map(async ({ id, event }) => {
    const attempt = { eventId: id, stamp: `${id}.rebuilt`, now: billing.clock() };
    const variantId = purchaseOf(event.told)?.variantId ?? null;
    const weighed = await weighRef(billing, event.ref, variantId);
    return linkWrites(event.told, weighed, attempt, billing.trace);
  });
  return [
    ...(told.kind === "order" ? [rememberIdentifier(told.value)] : []),
    ...(await Promise.all(statements)).flat(),
  ];
};

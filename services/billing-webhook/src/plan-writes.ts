import { auditRow } from "@luna/shared/audit";
import type { Sql } from "@luna/shared/d1/sql";
import type { Effect } from "@luna/shared/outbox/outbox";
import type { Trace } from "@luna/shared/trace";

import { owesReceiptBy, putInvoice } from "./invoice-store.ts";
import { putLicenseKey } from "./license-key-store.ts";
import { noticeWrites } from "./notice-writes.ts";
import { changedBy, settle, TABLES, type Attempt } from "./observed-store.ts";
import { putOrder, rememberIdentifier } from "./order-store.ts";
import {
  auditLink,
  linkByCheckout,
  linkByOrder,
  recallUnlinked,
  type Purchase,
  type Relatives,
} from "./owner-store.ts";
import { askForRefetch } from "./refetch-store.ts";
import { isDoubtful } from "./subscription.ts";
import { putSubscription } from "./subscription-store.ts";
import type { Told } from "./told.ts";
import type { Weighed } from "./weigh-ref.ts";

/** One transaction: whose it is, what it is now, what is remembered, and who must hear of it. */
export interface Writes {
  /** In the order in which they must run. */
  statements: Sql[];
  /** Which statement tells by its change count whether the API is to be asked; -1 for none. */
  askAt: number;
  /** Which statement answers with the delivery's state and reason, and which counts those recalled. */
  settleAt: number;
  recallAt: number;
  effects: (Effect & { when: Sql })[];
}

/** The purchase an event can link. The other kinds name no variant, so they could prove nothing. */
export const purchaseOf = (told: Told): (Purchase & { variantId: string | null }) | null => {
  const { kind, value } = told;
  switch (kind) {
    case "subscription": {
      const { orderId, customerId, variantId } = value;
      return { orderId, customerId, variantId, subscriptionId: value.id };
    }
    case "order": {
      const { customerId, variantId } = value;
      return { orderId: value.id, customerId, variantId, subscriptionId: null };
    }
    case "invoice":
    case "license_key":
      return null;
  }
};

export const linkWrites = (told: Told, ref: Weighed, attempt: Attempt, trace: Trace): Sql[] => {
  const purchase = purchaseOf(told);
  if (purchase === null) return [];
  return [
    ...(ref.checkoutId === null ? [] : linkByCheckout(ref.checkoutId, purchase, attempt)),
    linkByOrder(purchase, attempt),
    auditLink(purchase, attempt, trace),
  ];
};

/** Stores what was told where `guard` lets it; by default where nothing later is known. */
export const putTold = (told: Told, digest: string, attempt: Attempt, guard?: Sql): Sql => {
  switch (told.kind) {
    case "subscription":
      return putSubscription({ value: told.value, clock: told.clock, digest }, attempt, guard);
    case "invoice":
      return putInvoice({ value: told.value, clock: told.clock, digest }, attempt, guard);
    case "order":
      return putOrder({ value: told.value, clock: told.clock, digest }, attempt, guard);
    case "license_key":
      return putLicenseKey({ value: told.value, clock: told.clock, digest }, attempt, guard);
  }
};

/** Only subscriptions decide about access, so only they are worth a question. */
const askWrites = (told: Told, digest: string, attempt: Attempt, asked: boolean): Sql[] => {
  if (told.kind !== "subscription") return [];
  const observed = { value: told.value, clock: told.clock, digest };
  // What the API answered is believed even if it looks odd: it would only say so again.
  return [askForRefetch(observed, !asked && isDoubtful(told.value), attempt)];
};

const effectsOf = (told: Told, attempt: Attempt): (Effect & { when: Sql })[] => {
  const { id } = told.value;
  switch (told.kind) {
    case "subscription":
      return [
        {
          effect: "users.subscription",
          key: `subscription:${id}:${attempt.stamp}`,
          payload: { id },
          when: changedBy(TABLES.subscription, id, attempt),
        },
      ];
    case "invoice":
      return [
        {
          effect: "mail.receipt",
          key: `receipt:${id}:1`,
          payload: { id },
          when: owesReceiptBy(id, attempt),
        },
      ];
    case "order":
    case "license_key":
      return [];
  }
};

/** What else may have waited for the same owner. */
const relativesOf = ({ kind, value }: Told): Relatives => {
  switch (kind) {
    case "subscription":
      return { orderId: value.orderId, subscriptionId: value.id };
    case "order":
      return { orderId: value.id, subscriptionId: null };
    case "invoice":
      return { orderId: null, subscriptionId: value.subscriptionId };
    case "license_key":
      return { orderId: value.orderId, subscriptionId: null };
  }
};

interface Circumstances {
  trace: Trace;
  /** It is an answer of the API. */
  asked: boolean;
  /** People are told of failed payments and changed plans. */
  mailed: boolean;
}

/** Everything one attempt to apply an event writes. */
export const planWrites = (
  told: Told,
  digest: string,
  ref: Weighed,
  attempt: Attempt,
  { trace, asked, mailed }: Circumstances,
): Writes => {
  const table = TABLES[told.kind];
  const { id, status } = told.value;
  const audit = auditRow(
    {
      actor: "service:billing-webhook",
      action: `${told.kind}.changed`,
      subject: id,
      detail: { status, eventId: attempt.eventId },
    },
    trace,
    attempt.now,
    changedBy(table, id, attempt),
  );
  const observed = { value: told.value, clock: told.clock, digest };
  const ask = askWrites(told, digest, attempt, asked);
  const settled = settle(attempt, table, observed, ref.reason);
  const recall = recallUnlinked(relativesOf(told), attempt);
  const notices = noticeWrites(told, attempt, mailed);
  const statements = [
    ...(told.kind === "order" ? [rememberIdentifier(told.value)] : []),
    ...linkWrites(told, ref, attempt, trace),
    ...ask,
    putTold(told, digest, attempt),
    audit,
    ...notices.statements,
    settled,
    recall,
  ];
  return {
    statements,
    askAt: statements.findIndex((statement) => statement === ask[0]),
    settleAt: statements.indexOf(settled),
    recallAt: statements.indexOf(recall),
    effects: [...effectsOf(told, attempt), ...notices.effects],
  };
};

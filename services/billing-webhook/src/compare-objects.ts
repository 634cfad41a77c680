import type { Billing } from "./billing.ts";
import type { Clock, Observed } from "./clock.ts";
import { knownStore, type Waiting } from "./known-store.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import type { Resource } from "./lemonsqueezy/resource.ts";
import { observe } from "./observe.ts";
import { standing, weigh } from "./order-guard.ts";
import { purchaseOf } from "./plan-writes.ts";
import type { Drift } from "./reconcile-store.ts";
import type { Told } from "./told.ts";
import { weighRef } from "./weigh-ref.ts";

/** What is to be done about one object of the provider. */
export interface Finding {
  resource: Resource;
  told: Told;
  /** How it differs from what is known; `null` when it only can be linked now. */
  drift: Drift | null;
  /** A reference that came with another event of the same purchase. */
  ref: string | null;
}

interface Seen {
  resource: Resource;
  told: Told;
  observed: Observed<Told["value"]>;
}

const read = async (resource: Resource): Promise<Seen | null> => {
  const event = lemonSqueezyEvents.readEvent(lemonSqueezyEvents.wrapObject(resource));
  return typeof event === "string"
    ? null
    : { resource, told: event.told, observed: await observe(event.told) };
};

const differs = (known: { clock: Clock; digest: string } | null, { observed }: Seen): boolean => {
  const weighed = weigh(known === null ? null : { ...known, value: null }, observed);
  if (weighed === "first") return true;
  // What is known may be newer than this page: a webhook that came while it was on its way.
  return (weighed === "later" || weighed === "tie") && known?.digest !== observed.digest;
};

const familyOf = ({
  told: { kind, value },
}: Seen): { orderId?: string; subscriptionId?: string } => {
  switch (kind) {
    case "order":
      return { orderId: value.id };
    case "subscription":
      return { orderId: value.orderId, subscriptionId: value.id };
    case "invoice":
      return { subscriptionId: value.subscriptionId };
    case "license_key":
      return { orderId: value.orderId };
  }
};

const isAbout = ({ told }: Seen, { event }: Waiting): boolean =>
  event.told.kind === told.kind && event.told.value.id === told.value.id;

/**
 * A reference that proves whose the object is and that this object was not yet tried with: events that
 * carried it may have lacked the variant, or may have been another kind of object.
 */
const provingRef = async (
  billing: Billing,
  seen: Seen,
  family: readonly Waiting[],
): Promise<string | null> => {
  const variantId = purchaseOf(seen.told)?.variantId ?? null;
  const tried = new Set(
    family
      .filter((waiting) => waiting.source === "api" && isAbout(seen, waiting))
      .map(({ event }) => event.ref),
  );
  for (const ref of new Set(family.map(({ event }) => event.ref))) {
    if (ref === null || tried.has(ref)) continue;
    if ((await weighRef(billing, ref, variantId)).checkoutId !== null) return ref;
  }
  return null;
};

/** What is last known of an object without an owner: it is in the inbox only. */
const lastHeard = async (
  seen: Seen,
  family: readonly Waiting[],
): Promise<(Observed<Told["value"]> & { status: string }) | null> => {
  let known: Observed<Told["value"]> | null = null;
  for (const waiting of family)
    if (isAbout(seen, waiting)) known = standing(known, await observe(waiting.event.told));
  return known && { ...known, status: known.value.status };
};

/**
 * Compares objects of one kind with what is known of them. Answers those that differ or can be linked
 * now, and how many were in no known shape.
 */
export const compareObjects = async (
  billing: Billing,
  resources: readonly Resource[],
): Promise<{ findings: Finding[]; unreadable: number }> => {
  const seen = (await Promise.all(resources.map(read))).filter((one) => one !== null);
  const unreadable = resources.length - seen.length;
  const [first] = seen;
  if (first === undefined) return { findings: [], unreadable };

  const store = knownStore(billing.db);
  const stored = await store.stored(
    first.told.kind,
    seen.map(({ told }) => told.value.id),
  );
  const homeless = seen.filter(({ told }) => !stored.has(told.value.id)).map(familyOf);
  const waiting =
    homeless.length === 0
      ? []
      : await store.waiting({
          orders: homeless.flatMap(({ orderId }) => orderId ?? []),
          subscriptions: homeless.flatMap(({ subscriptionId }) => subscriptionId ?? []),
        });

  const findings: Finding[] = [];
  for (const one of seen) {
    const { kind, value } = one.told;
    const kept = stored.get(value.id) ?? null;
    const { orderId, subscriptionId } = familyOf(one);
    const family = waiting.filter(
      (event) =>
        (orderId !== undefined && event.orderId === orderId) ||
        (subscriptionId !== undefined && event.subscriptionId === subscriptionId),
    );
    const known = kept ?? (await lastHeard(one, family));
    const ref = kept === null ? await provingRef(billing, one, family) : null;
    const drift = differs(known, one)
      ? { object: kind, id: value.id, before: known?.status ?? null, after: value.status }
      : null;
    if (drift !== null || ref !== null) findings.push({ ...one, drift, ref });
  }
  return { findings, unreadable };
};

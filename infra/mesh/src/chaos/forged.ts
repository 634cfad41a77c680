import { LOCAL_VARIANTS } from "@luna/shared/plans";

import { bearer, json } from "../people.ts";
import { billingStage, type BillingStage, type Buyer } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import { deliver, deliverSurely, storeOf, type ProviderEvent } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { Sold } from "./sold.ts";
import { settled } from "./story.ts";
import { figure } from "./targets.ts";

const HOUR_MS = 3_600_000;

/** Somebody who must own so many subscriptions afterwards, and what is tried on them. */
interface Attempt {
  how: string;
  victim: Buyer;
  owns: number;
  events: ProviderEvent[];
}

const told = (sold: Sold): ProviderEvent[] => [
  sold.orderEvent(),
  sold.subscriptionEvent("subscription_created"),
];

/** Another last character: the reference still parses, and its tag is wrong. */
const forgedRef = (ref: string): string => `${ref.slice(0, -1)}${ref.endsWith("A") ? "B" : "A"}`;

/** What is tried in the service as it is, and with test cards in a live one. */
const attempts = async (stage: BillingStage): Promise<{ here: Attempt[]; test: Attempt }> => {
  const at = Date.now() - HOUR_MS;
  const [missing, forged, replayed, wrongStore, otherPlan, live] = (await Promise.all(
    ["missing", "forged", "replayed", "store", "plan", "live"].map((name) => stage.join(name)),
  )) as [Buyer, Buyer, Buyer, Buyer, Buyer, Buyer];
  for (const buyer of [forged, replayed, wrongStore, otherPlan, live])
    await stage.buy(buyer, "starter", at);
  const checkout = (buyer: Buyer) => stage.provider.checkoutFor(buyer.email);
  const sell = (buyer: Buyer, change: object = {}, store = stage.store) =>
    new Sold(store, { ...checkout(buyer), ...change }, at);
  const here: Attempt[] = [
    {
      how: "no reference, only the victim's address",
      victim: missing,
      owns: 0,
      events: told(sell(forged, { email: missing.email, custom: {} })),
    },
    {
      how: "a forged reference",
      victim: forged,
      owns: 0,
      events: told(
        sell(forged, { custom: { ref: forgedRef(checkout(forged).custom["ref"] ?? "") } }),
      ),
    },
    {
      how: "a reference used before, on a second purchase",
      victim: replayed,
      owns: 1,
      events: [...told(sell(replayed)), ...told(sell(replayed))],
    },
    {
      how: "a reference for a cheap plan on a dear one",
      victim: otherPlan,
      owns: 0,
      events: told(sell(otherPlan, { tier: "enterprise" })),
    },
    {
      how: "another store",
      victim: wrongStore,
      owns: 0,
      events: told(sell(wrongStore, {}, storeOf("999"))),
    },
  ];
  return { here, test: { how: "a test card", victim: live, owns: 0, events: told(sell(live)) } };
};

const owned = ({ users }: BillingStage, { tokens }: Buyer): number =>
  rows<{ n: number }>(
    users,
    "SELECT count(*) AS n FROM subscriptions WHERE owner_id = ?",
    tokens.user.id,
  )[0]?.n ?? 0;

const tierOf = async (stage: BillingStage, { tokens }: Buyer): Promise<string> =>
  (await json<{ tier: string }>(stage.fetch("/v1/me", { headers: bearer(tokens) }))).tier;

const deliverInTurn = async (stage: BillingStage, events: readonly ProviderEvent[]) => {
  for (const event of events) {
    await deliverSurely(stage.mesh, stage.secret, event);
    await settled(stage);
  }
};

/** Production refuses scaled limits and the emulator's variants, so one of them is another here. */
const LIVE = {
  ENVIRONMENT: "production",
  RATE_LIMIT_SCALE: "1",
  LEMONSQUEEZY_VARIANTS: JSON.stringify({ ...LOCAL_VARIANTS, enterprise: "499999" }),
};

const LOCAL = { ENVIRONMENT: "local", RATE_LIMIT_SCALE: "1000", LEMONSQUEEZY_VARIANTS: "" };

/** The billing service as in production, where test cards pay nothing, while `work` lasts. */
const whileLive = async (stage: BillingStage, work: () => Promise<void>): Promise<void> => {
  // A stranger's purchase tells whether the service has reloaded; without the rule it never would.
  const isLive = async (): Promise<boolean> => {
    const at = Date.now() - HOUR_MS;
    const nobody = { ...stage.provider.checkoutFor("live@chaos.test"), custom: {} };
    const probe = new Sold(stage.store, nobody, at).orderEvent();
    if ((await deliver(stage.mesh, stage.secret, probe)) !== 200) return false;
    const [row] = rows<{ reason: string }>(
      stage.billing,
      "SELECT reason FROM inbox WHERE dedupe_key = ?",
      `id:${probe.webhookId}`,
    );
    return row?.reason === "test_mode";
  };
  const goLive = async (): Promise<boolean> => {
    stage.mesh.setVariables("billing-webhook", LIVE);
    return isLive();
  };
  const comeBack = async (): Promise<boolean> => {
    stage.mesh.setVariables("billing-webhook", LOCAL);
    return !(await isLive());
  };
  await stage.mesh.reloaded("billing-webhook", goLive).catch(() => null);
  await work();
  await stage.mesh.reloaded("billing-webhook", comeBack);
};

const run = async (context: Run) => {
  const { say } = context;
  const stage = await billingStage(context);
  const { test, here } = await attempts(stage);
  // One delivery after another: which of two purchases comes first is part of the attempt.
  await deliverInTurn(
    stage,
    here.flatMap(({ events }) => events),
  );
  await whileLive(stage, () => deliverInTurn(stage, test.events));
  let changed = 0;
  for (const { how, victim, owns } of [...here, test]) {
    const [count, tier] = [owned(stage, victim), await tierOf(stage, victim)];
    const expected = owns === 0 ? "free" : "starter";
    if (count === owns && tier === expected) continue;
    changed += 1;
    say(`  ${how}: owns ${count} instead of ${owns}, is on ${tier}`);
  }
  return [figure("forged.accounts_changed", changed, context.quick)];
};

/** Nobody gets or loses a plan by what a buyer, or somebody with a test card, can write. */
export const forged: Section = {
  ids: ["forged.accounts_changed"],
  subject: "billing",
  lane: "mesh",
  run,
};

import { randomBytes } from "node:crypto";

import type { KeySet } from "@luna/shared/key-set";

import { billingStage, type BillingStage } from "./billing-stage.ts";
import { offer } from "./offer.ts";
import { deliver, pause } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { lostOf, tellStory, wrongOf } from "./story.ts";
import { figure } from "./targets.ts";

const FULL = { subscriptions: 6, events: 1_500 };
const QUICK = { subscriptions: 2, events: 200 };
const PER_SECOND = 25;
/** The provider's seconds: its retries bridge every reload. */
const SECOND_MS = 300;
const NEW_SECRET = "chaos-91be07d2c64f";

const newKey = (): string => randomBytes(32).toString("base64url");

/** Whether the service takes this secret; an unreadable body changes nothing. */
const takes = async (stage: BillingStage, secret: string): Promise<number> =>
  deliver(stage.mesh, secret, { name: "probe", webhookId: "", about: "", body: "{}" });

const until = (stage: BillingStage, secret: string, status: number): Promise<void> =>
  stage.mesh.reloaded("billing-webhook", async () => (await takes(stage, secret)) === status);

const run = async (context: Run) => {
  const { say } = context;
  const effort = context.quick ? QUICK : FULL;
  const stage = await billingStage(context);
  const random = context.random("secret-rotation");
  // Their references are signed with the old key and arrive under the new one.
  const { sold, events } = await tellStory(stage, await stage.join("rotated"), effort, random);
  const old = stage.secret;
  const keys = JSON.parse(stage.secretsFile["CHECKOUT_REF_KEY"] ?? "") as KeySet;
  const next = { current: "chaos", keys: { ...keys.keys, chaos: newKey() } };

  let signing = old;
  const rotate = async (): Promise<void> => {
    stage.mesh.setSecrets("billing-webhook", {
      LEMONSQUEEZY_WEBHOOK_SECRET: NEW_SECRET,
      LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS: old,
      CHECKOUT_REF_KEY: JSON.stringify(next),
    });
    await until(stage, NEW_SECRET, 200);
    // The provider changes over in its own time; both are good meanwhile.
    await pause(1_000);
    signing = NEW_SECRET;
  };
  const provider = {
    url: stage.mesh.url,
    secret: () => signing,
    perSecond: PER_SECOND,
    secondMs: SECOND_MS,
  };
  const [heard] = await Promise.all([offer(events, provider), rotate()]);
  // Unanswered is what a slow machine leaves; what was refused counts whether or not it came again.
  const again = await offer(heard.givenUp, provider);
  stage.secret = NEW_SECRET;
  stage.mesh.setSecrets("billing-webhook", { LEMONSQUEEZY_WEBHOOK_SECRET_PREVIOUS: "" });
  await until(stage, old, 401);

  const acked = [...heard.acked, ...again.acked];
  const lost = await lostOf(stage, acked);
  const wrong = acked.length === events.length ? await wrongOf(stage, sold) : [];
  const refusals = heard.refusals + again.refusals;
  say(`  ${acked.length} of ${events.length} acknowledged while both secrets changed,`);
  say(`  ${refusals} refused`);
  return [figure("secret_rotation.lost", lost.length + wrong.length + refusals, context.quick)];
};

/** Secrets change under load and nothing is lost. */
export const secretRotation: Section = {
  ids: ["secret_rotation.lost"],
  subject: "billing",
  lane: "mesh",
  run,
};

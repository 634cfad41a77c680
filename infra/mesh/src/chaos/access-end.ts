import { bearer, eventually, json } from "../people.ts";
import { billingStage } from "./billing-stage.ts";
import { deliverSurely, pause } from "./provider-event.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";

/** Time to hear of the cancellation before it takes effect; the provider's clock counts seconds. */
const GRACE_MS = 6_000;
const QUESTIONS = 20;
const EVERY_MS = 50;

const run = async (context: Run) => {
  const stage = await billingStage(context);
  const buyer = await stage.join("cancelled");
  const headers = bearer(buyer.tokens);
  const tier = async (): Promise<string> =>
    (await json<{ tier: string }>(stage.fetch("/v1/me", { headers }))).tier;

  const sold = await stage.buy(buyer, "pro", Date.now() - 3_600_000);
  await deliverSurely(stage.mesh, stage.secret, sold.orderEvent());
  await deliverSurely(stage.mesh, stage.secret, sold.subscriptionEvent("subscription_created"));
  await eventually("the paid plan", async () => (await tier()) === "pro", 60_000);

  const endsAt = Math.ceil((Date.now() + GRACE_MS) / 1_000) * 1_000;
  sold.change({ status: "cancelled", endsAt }, Date.now());
  await deliverSurely(stage.mesh, stage.secret, sold.subscriptionEvent("subscription_cancelled"));
  await stage.provider.remember(sold.puts());
  const stillPaid = await tier();
  if (stillPaid !== "pro" && Date.now() < endsAt)
    throw new Error(`a cancelled plan ended before its time: ${stillPaid}`);

  // No further event: access has to end by itself, also for who asks all the time.
  let after = 0;
  let asked = 0;
  while (asked < QUESTIONS) {
    const begun = Date.now();
    const answer = await tier();
    if (begun >= endsAt) {
      asked += 1;
      if (answer !== "free") after += 1;
    }
    await pause(EVERY_MS);
  }
  return [figure("access.after_end", after, context.quick)];
};

/** What was paid for ends when it ends, whether or not anybody says so. */
export const accessEnd: Section = {
  ids: ["access.after_end"],
  subject: "billing",
  lane: "mesh",
  run,
};

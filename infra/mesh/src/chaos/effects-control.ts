import { findService, readServices } from "luna/service";
import { ROOT } from "luna/root";

import { eventually } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import { mutantOf } from "./mutant.ts";
import { KEY_OF_ITS_OWN, MUTANT_SPEAKS, REFUSAL } from "./mutations.ts";
import { payment, receiptsOf } from "./payment.ts";
import { deliverSurely } from "./provider-event.ts";
import { handedOverTwice } from "./redelivery.ts";
import type { Sold } from "./sold.ts";

const SERVICE = "billing-webhook";

const isMutant = async (stage: BillingStage): Promise<boolean | null> => {
  const path = "/webhooks/lemonsqueezy";
  const headers = { "content-type": "application/json", "x-signature": "00" };
  const response = await stage.fetch(path, { method: "POST", headers, body: "{}" });
  const detail = await response.text();
  return detail.includes(REFUSAL) ? detail.includes("Mutant") : null;
};

/**
 * How many receipts too many a service sends whose idempotency key is broken. That each payment owes
 * one receipt is decided in the database; the key is for a receipt that is handed over again because
 * nobody remembered that it was, so only there it can be missed.
 */
export const receiptsOfMutant = async (
  stage: BillingStage,
  sold: Sold,
  at: number,
): Promise<number> => {
  const service = findService(readServices(ROOT), SERVICE);
  const mutant = mutantOf(service, stage.mesh.place.stateDir, [KEY_OF_ITS_OWN, MUTANT_SPEAKS]);
  const original = stage.mesh.setMain(SERVICE, mutant);
  const paid = payment(sold, at);
  try {
    await stage.mesh.reloaded(SERVICE, async () => (await isMutant(stage)) === true);
    await handedOverTwice(stage, async () => {
      for (const event of paid.events) await deliverSurely(stage.mesh, stage.secret, event);
    });
    await eventually("a receipt", async () => (await receiptsOf(stage, paid)) > 1).catch(
      () => null,
    );
  } finally {
    stage.mesh.setMain(SERVICE, original);
    await stage.mesh.reloaded(SERVICE, async () => (await isMutant(stage)) === false);
  }
  return (await receiptsOf(stage, paid)) - 1;
};

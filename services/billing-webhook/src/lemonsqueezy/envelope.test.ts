import { utf8 } from "@luna/shared/bytes";
import { describe, expect, it } from "vitest";

import { PURCHASE, purchase } from "../fixtures/events.ts";
import { readEnvelope } from "./envelope.ts";

const bought = purchase(3);
const read = ({ body }: { body: string }) => readEnvelope(utf8(body));

describe("readEnvelope", () => {
  it("files a subscription event under its subscription and order", () => {
    const webhookId = "0b9a2c1e-8f14-4c61-9a7e-000000000003";
    expect(read(bought.subscription("subscription_created", { webhookId }))).toMatchObject({
      webhookId,
      eventName: "subscription_created",
      testMode: true,
      storeId: "100001",
      objectType: "subscriptions",
      subscriptionId: bought.subscriptionId,
      orderId: bought.orderId,
      clock: { updatedAt: PURCHASE },
    });
  });

  it("files an invoice under the subscription in its attributes", () => {
    expect(read(bought.invoice("subscription_payment_success"))).toMatchObject({
      objectId: bought.invoiceId,
      subscriptionId: bought.subscriptionId,
    });
  });

  it("does without the id that events of 2023 lack", () => {
    expect(read(bought.order({ webhookId: null }))).toMatchObject({ webhookId: null });
  });

  it("survives attributes of any type", () => {
    const attributes = { store_id: {}, updated_at: 7, urls: "none", first_subscription_item: 1 };
    expect(read(bought.subscription("subscription_updated", { attributes }))).toMatchObject({
      storeId: null,
      clock: null,
    });
  });

  it.each([["{"], ["[]"], ["null"], ['{"meta":{}}'], ['"\\ud800"'], ["\u0000"]])(
    "finds no event in %j",
    (body) => {
      expect(read({ body })).toBeNull();
    },
  );

  it("finds no event in bytes that are not UTF-8", () => {
    expect(readEnvelope(Uint8Array.of(0x7b, 0xff, 0x7d))).toBeNull();
  });
});

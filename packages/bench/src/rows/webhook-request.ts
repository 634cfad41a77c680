import { createHmac, randomUUID } from "node:crypto";

import { LOCAL_VARIANTS } from "@luna/shared/plans";

import { requestBytes } from "../load/request.ts";
import { STORE_ID } from "../mesh/start-mesh.ts";

const EVENT = "subscription_created";
let subscriptions = 1_000_000;

/** A signed delivery about a subscription nobody heard of before, as the provider would send it. */
export const webhookRequest = (secret: string, now: number): Buffer => {
  const time = new Date(now).toISOString();
  const id = String((subscriptions += 1));
  const body = JSON.stringify({
    meta: { test_mode: true, event_name: EVENT, webhook_id: randomUUID() },
    data: {
      type: "subscriptions",
      id,
      attributes: {
        store_id: Number(STORE_ID),
        customer_id: 1,
        order_id: Number(id),
        variant_id: Number(LOCAL_VARIANTS.pro),
        user_email: `${id}@bench.test`,
        status: "active",
        cancelled: false,
        pause: null,
        renews_at: time,
        ends_at: null,
        created_at: time,
        updated_at: time,
      },
    },
  });
  return requestBytes({
    method: "POST",
    path: "/webhooks/lemonsqueezy",
    headers: {
      "X-Event-Name": EVENT,
      "X-Signature": createHmac("sha256", secret).update(body).digest("hex"),
    },
    body,
  });
};

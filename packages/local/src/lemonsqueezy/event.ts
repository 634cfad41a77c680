import { randomUUID } from "node:crypto";

import { phpJson } from "./php-json.ts";
import type { Resource } from "./json-api.ts";
import type { Chaos, Delivery } from "./records.ts";

export interface Event {
  name: string;
  data: Resource;
  /** `custom_data` of the checkout; left out of `meta` when empty, as the provider does. */
  custom: Readonly<Record<string, string>>;
  /** Seconds of the ladder's scale after which it is first sent. */
  after?: number;
}

/** How long an overtaken event waits, in seconds of the ladder's scale; captures show 1.4. */
const OVERTAKEN_S = 3;

/** Every event has an id of its own, which its retries repeat. */
export const toDelivery = (
  id: number,
  event: Event,
  now: number,
  { chaos, scaleMs, random }: { chaos: Chaos; scaleMs: number; random: () => number },
): Delivery => {
  const webhookId = randomUUID();
  const custom = Object.keys(event.custom).length === 0 ? {} : { custom_data: event.custom };
  const meta = { test_mode: true, event_name: event.name, ...custom, webhook_id: webhookId };
  const dropped = random() < chaos.drop;
  const overtaken = random() < chaos.reorder ? OVERTAKEN_S * random() : 0;
  return {
    id,
    eventName: event.name,
    webhookId,
    body: phpJson({ meta, data: event.data }),
    state: dropped ? "dropped" : "pending",
    attempts: dropped ? [{ at: now, outcome: "lost by chaos" }] : [],
    dueAt: now + ((event.after ?? 0) + overtaken) * scaleMs,
    createdAt: now,
  };
};

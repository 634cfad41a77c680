import { randomUUID } from "node:crypto";

import { drawOf } from "./draw.ts";
import { phpJson } from "./php-json.ts";
import type { Resource } from "./json-api.ts";
import type { Chaos, Delivery, Progress } from "./records.ts";

export interface Event {
  name: string;
  data: Resource;
  /** `custom_data` of the checkout; left out of `meta` when empty, as the provider does. */
  custom: Readonly<Record<string, string>>;
  /** The order of the purchase it belongs to: what chaos loses as a whole. */
  orderId: number;
  /** Seconds of the ladder's scale after which it is first sent. */
  after?: number;
}

/** How long an overtaken event waits, in seconds of the ladder's scale; captures show 1.4. */
const OVERTAKEN_S = 3;

/** When and whether a delivery is first sent, in this weather. */
export const firstProgress = (
  id: number,
  { orderId, after = 0 }: Pick<Event, "orderId" | "after">,
  dueAt: number,
  { chaos, scaleMs }: { chaos: Chaos; scaleMs: number },
): Progress => {
  const draw = drawOf(chaos.seed);
  const lost =
    draw(`drop ${id}`) < chaos.drop ||
    // One purchase, one answer, so even without a seed the dice are not thrown per event.
    (chaos.dropWhole > 0 && drawOf(chaos.seed ?? 0)(`whole ${orderId}`) < chaos.dropWhole);
  const attempt = { at: dueAt, ms: 0, outcome: "lost by chaos", answered: null };
  const overtaken =
    draw(`reorder ${id}`) < chaos.reorder ? OVERTAKEN_S * draw(`overtaken ${id}`) : 0;
  const delayed = chaos.delay * draw(`delay ${id}`);
  return {
    id,
    state: lost ? "dropped" : "pending",
    attempts: lost ? [attempt] : [],
    dueAt: dueAt + (after + overtaken + delayed) * scaleMs,
  };
};

/** Every event has an id of its own, which its retries repeat. */
export const toDelivery = (id: number, event: Event, now: number): Delivery => {
  const webhookId = randomUUID();
  const custom = Object.keys(event.custom).length === 0 ? {} : { custom_data: event.custom };
  const meta = { test_mode: true, event_name: event.name, ...custom, webhook_id: webhookId };
  const body = phpJson({ meta, data: event.data });
  return { id, eventName: event.name, webhookId, body, createdAt: now };
};

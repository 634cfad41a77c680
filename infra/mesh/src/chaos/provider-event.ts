import { randomUUID } from "node:crypto";

import type { Resource, Store } from "@luna/local/lemonsqueezy/json-api";
import { phpJson } from "@luna/local/lemonsqueezy/php-json";
import { sign } from "@luna/local/lemonsqueezy/signature";

/** A webhook as the provider makes it: the bytes are what is signed. */
export interface ProviderEvent {
  name: string;
  webhookId: string;
  /** Which object it tells of. */
  about: string;
  body: string;
}

/** The last event of each object: who has these knows how everything ends. */
export const lastWords = (events: readonly ProviderEvent[]): ProviderEvent[] => [
  ...new Map(events.map((event) => [event.about, event])).values(),
];

export const providerEvent = (
  name: string,
  data: Resource,
  custom: Readonly<Record<string, string>>,
  testMode = true,
): ProviderEvent => {
  const webhookId = randomUUID();
  const meta = {
    test_mode: testMode,
    event_name: name,
    custom_data: custom,
    webhook_id: webhookId,
  };
  return { name, webhookId, about: `${data.type}/${data.id}`, body: phpJson({ meta, data }) };
};

/** Links in payloads have to look like the provider's; nobody follows them here. */
export const storeOf = (id: string): Store => ({
  id: Number(id),
  origin: "http://127.0.0.1",
  linkSecret: "chaos",
});

/** Longer than any answer of a healthy mesh; a front whose runtime was killed may hang for ever. */
const TIMEOUT_MS = 10_000;

/** Delivers once and returns the status; 0 when no answer came. */
export const deliver = async (
  mesh: { url: string },
  secret: string,
  { name, body }: ProviderEvent,
): Promise<number> => {
  try {
    const response = await fetch(`${mesh.url}/webhooks/lemonsqueezy`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "LemonSqueezy-Hookshot",
        "X-Event-Name": name,
        "X-Signature": sign(secret, body),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
};

/** A slow machine may answer late for a while, but not for ever. */
const TAKEN_LIMIT_MS = 180_000;
const AGAIN_EVERY_MS = 500;

/** Delivers until a 200 comes. Throws when none does: whatever follows from the event would not. */
export const deliverSurely = async (
  mesh: { url: string },
  secret: string,
  event: ProviderEvent,
): Promise<void> => {
  const end = performance.now() + TAKEN_LIMIT_MS;
  for (;;) {
    const status = await deliver(mesh, secret, event);
    if (status === 200) return;
    if (performance.now() > end) throw new Error(`a signed event was answered ${status}`);
    await pause(AGAIN_EVERY_MS);
  }
};

export const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

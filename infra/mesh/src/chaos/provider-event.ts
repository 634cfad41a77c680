import { randomUUID } from "node:crypto";

import type { Resource, Store } from "@luna/local/lemonsqueezy/json-api";
import { phpJson } from "@luna/local/lemonsqueezy/php-json";
import { sign } from "@luna/local/lemonsqueezy/signature";

/** A webhook as the provider makes it: the bytes are what is signed. */
export interface ProviderEvent {
  name: string;
  webhookId: string;
  body: string;
}

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
  return { name, webhookId, body: phpJson({ meta, data }) };
};

/** Links in payloads have to look like the provider's; nobody follows them here. */
export const storeOf = (id: string): Store => ({
  id: Number(id),
  origin: "http://127.0.0.1",
  linkSecret: "chaos",
});

/** Longer than any answer of a healthy mesh; a front whose runtime was killed may hang for ever. */
const TIMEOUT_MS = 5_000;

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

/** The provider's waits before each attempt, in seconds; then it forgets the event. */
const LADDER_S = [0, 5, 25, 125];

/** Delivers as the provider does, its seconds lasting `secondMs`. `true` once a 200 came. */
export const deliverWithRetries = async (
  mesh: { url: string },
  secret: string,
  event: ProviderEvent,
  secondMs: number,
): Promise<boolean> => {
  for (const seconds of LADDER_S) {
    await pause(seconds * secondMs);
    if ((await deliver(mesh, secret, event)) === 200) return true;
  }
  return false;
};

export const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

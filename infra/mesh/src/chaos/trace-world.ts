import { finalOf, type TraceDelivery } from "@luna/local/lemonsqueezy/trace";
import type { Put } from "@luna/local/lemonsqueezy/state";
import type { KeySet } from "@luna/shared/key-set";
import { freePort } from "luna/dev/port";
import { join } from "node:path";

import { eventually } from "../people.ts";
import { alter, d1File, rows } from "./d1-file.ts";
import type { Handed } from "./driver.ts";
import { grouped } from "./grouped.ts";
import { type LoneService, startLone } from "./lone-service.ts";
import type { Mutation } from "./mutant.ts";
import { Provider } from "./provider.ts";
import type { Run } from "./run.ts";
import { castParts, type Copy, type Part } from "./trace-cast.ts";
import { workedOff } from "./worked-off.ts";

const STORE_ID = "214097";
const SECRET = "chaos-2c9e6a40b7d1";
const API_KEY = "chaos-api-key-51c0d83e";

/** billing-webhook alone, with peers that take everything, and the provider's API beside it. */
export interface TraceWorld {
  service: LoneService;
  billing: string;
  provider: Provider;
  /** A buyer for each of these, who has bought nothing yet. */
  cast: (parts: readonly Part[]) => Promise<Copy[]>;
  /** Makes the API tell the end of each of these. */
  tellApi: (copies: readonly Copy[]) => Promise<void>;
  /** Delivers all of them, each until it is acknowledged. */
  send: (deliveries: readonly TraceDelivery[]) => Promise<void>;
  /** Everything sent is dealt with. */
  settled: () => Promise<void>;
  /** No question to the API is left. */
  answered: () => Promise<void>;
  /** As if nothing had ever been delivered. */
  forget: () => void;
}

/** Few enough to be answered long before the service calls its database late, on any machine. */
const AT_ONCE = 10;
const ANSWER_LIMIT_MS = 60_000;
const SEND_LIMIT_MS = 300_000;
/** Longer than any backoff of the inbox, and than the minute the API's quota makes a question wait. */
const STANDSTILL_MS = 330_000;

export const startTraceWorld = async (
  run: Run,
  mutations: readonly Mutation[] = [],
): Promise<TraceWorld> => {
  const port = await freePort();
  const service = await startLone(run, "billing-webhook", {
    vars: {
      API_URL: "http://127.0.0.1",
      LEMONSQUEEZY_STORE_ID: STORE_ID,
      LEMONSQUEEZY_API_URL: `http://127.0.0.1:${port}`,
      // This is about what is known, not about who is told of it.
      DUNNING_MAILS: "off",
    },
    secrets: { LEMONSQUEEZY_WEBHOOK_SECRET: SECRET, LEMONSQUEEZY_API_KEY: API_KEY },
    beside: [
      { name: "users", file: "agreeable.ts" },
      { name: "mailer", file: "agreeable.ts" },
      {
        name: "driver",
        file: "driver.ts",
        services: [{ binding: "SERVICE", service: "billing-webhook" }],
      },
    ],
    door: { worker: "driver", path: "/" },
    mutations,
  });
  const provider = new Provider({
    port,
    file: join(service.stateDir, "provider.jsonl"),
    webhookUrl: `${service.url}/webhooks/lemonsqueezy`,
    webhookSecret: SECRET,
    apiKey: API_KEY,
    storeId: STORE_ID,
    retryScaleMs: 1,
  });
  run.atEnd(() => provider.stop());
  const billing = d1File(service.stateDir, "inbox");
  const keys = JSON.parse(service.secrets["CHECKOUT_REF_KEY"] ?? "") as KeySet;

  const sent = new Set<TraceDelivery>();

  const take = async (deliveries: readonly TraceDelivery[]): Promise<boolean> => {
    try {
      const response = await fetch(service.url, {
        method: "POST",
        body: JSON.stringify(deliveries satisfies readonly Handed[]),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const statuses = response.ok ? await response.json<number[]>() : [response.status];
      return statuses.every((status) => status === 200);
    } catch {
      return false;
    }
  };
  const settled = async (): Promise<void> => {
    const done = "SELECT count(*) AS n FROM inbox WHERE source = 'webhook' AND state <> 'received'";
    const left = (): number => sent.size - (rows<{ n: number }>(billing, done)[0]?.n ?? 0);
    if (!(await workedOff(left, STANDSTILL_MS))) throw new Error(`${left()} are not applied`);
  };

  return {
    service,
    billing,
    provider,
    cast: (parts) => castParts(parts, billing, keys, { secret: SECRET, storeId: STORE_ID }),
    tellApi: (copies) =>
      provider.remember(
        copies.flatMap(({ trace, copy }) =>
          Object.values(finalOf(trace, { storeId: STORE_ID, copy }))
            .flat()
            .map((resource): Put => {
              return { table: "guests", row: { id: `${resource.type}/${resource.id}`, resource } };
            }),
        ),
      ),
    async send(deliveries) {
      for (const delivery of deliveries) sent.add(delivery);
      for (const some of grouped(deliveries, AT_ONCE))
        await eventually("the service to take what is signed", () => take(some), SEND_LIMIT_MS);
    },
    settled,
    async answered() {
      const open = "SELECT count(*) AS n FROM refetches";
      const left = (): number => rows<{ n: number }>(billing, open)[0]?.n ?? 0;
      if (!(await workedOff(left, STANDSTILL_MS))) throw new Error(`${left()} are not answered`);
      await settled();
    },
    forget() {
      sent.clear();
      alter(billing, (db) =>
        db.exec(`
          DELETE FROM inbox; DELETE FROM owners; DELETE FROM subscriptions; DELETE FROM invoices;
          DELETE FROM orders; DELETE FROM license_keys; DELETE FROM refetches; DELETE FROM outbox;
          UPDATE checkouts SET order_id = NULL, subscription_id = NULL;`),
      );
    },
  };
};

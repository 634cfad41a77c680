import {
  deliveriesOf,
  finalOf,
  type Trace,
  type TraceDelivery,
} from "@luna/local/lemonsqueezy/trace";
import type { Put } from "@luna/local/lemonsqueezy/state";
import { toBase64Url } from "@luna/shared/bytes";
import { type KeySet, mac } from "@luna/shared/key-set";
import { freePort } from "luna/dev/port";
import { join } from "node:path";

import { eventually } from "../people.ts";
import { alter, d1File, rows } from "./d1-file.ts";
import { type LoneService, startLone } from "./lone-service.ts";
import { Provider } from "./provider.ts";
import { pause } from "./provider-event.ts";
import type { Run } from "./run.ts";

const STORE_ID = "214097";
const SECRET = "chaos-2c9e6a40b7d1";
const API_KEY = "chaos-api-key-51c0d83e";

/** One buyer who lives a trace through, with ids of his own. */
export interface Copy {
  trace: Trace;
  copy: number;
  deliveries: TraceDelivery[];
}

/** billing-webhook alone, with peers that take everything, and the provider's API beside it. */
export interface TraceWorld {
  service: LoneService;
  billing: string;
  provider: Provider;
  copyOf: (trace: Trace, copy: number) => Promise<Copy>;
  /** Makes the API tell the end of each of these. */
  tellApi: (copies: readonly Copy[]) => Promise<void>;
  send: (delivery: TraceDelivery) => Promise<void>;
  /** Nothing received is left; with `asked`, no question to the API either. */
  settled: (asked: boolean) => Promise<void>;
  /** As if nothing had ever been delivered. */
  forget: () => void;
}

const SEND_LIMIT_MS = 10_000;
const SETTLE_LIMIT_MS = 900_000;

const variantOf = ({ events }: Trace): string => {
  const created =
    events.find(({ event_name: name }) => name === "subscription_created") ?? events[0];
  return String(created?.body.data.attributes["variant_id"]);
};

export const startTraceWorld = async (run: Run): Promise<TraceWorld> => {
  const port = await freePort();
  const service = await startLone(run, "billing-webhook", {
    vars: {
      API_URL: "http://127.0.0.1",
      LEMONSQUEEZY_STORE_ID: STORE_ID,
      LEMONSQUEEZY_API_URL: `http://127.0.0.1:${port}`,
    },
    secrets: { LEMONSQUEEZY_WEBHOOK_SECRET: SECRET, LEMONSQUEEZY_API_KEY: API_KEY },
    beside: [
      { name: "users", file: "agreeable.ts" },
      { name: "mailer", file: "agreeable.ts" },
    ],
    door: { worker: "billing-webhook", path: "/health" },
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

  /** A checkout as the service makes it, without asking the provider for a page: there are thousands. */
  const refFor = async (trace: Trace, copy: number): Promise<string> => {
    const owner = `buyer${copy}`;
    const id = `${trace.name.replaceAll(/[^a-z0-9]/g, "")}${copy}`.slice(0, 40);
    const variantId = variantOf(trace);
    alter(billing, (db) =>
      db
        .prepare(
          `INSERT INTO checkouts (id, owner_kind, owner_id, variant_id, created_at)
           VALUES (?, 'user', ?, ?, ?)`,
        )
        .run(id, owner, variantId, Date.now()),
    );
    const signed = await mac(keys, JSON.stringify(["checkout", id, "user", owner, variantId]));
    if (signed === null) throw new Error("the key set has no current key");
    return `${id}.${signed.kid}.${toBase64Url(signed.tag)}`;
  };

  return {
    service,
    billing,
    provider,
    async copyOf(trace, copy) {
      const ref = await refFor(trace, copy);
      const deliveries = deliveriesOf(trace, { ref, secret: SECRET, storeId: STORE_ID, copy });
      return { trace, copy, deliveries };
    },
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
    async send({ body, headers }) {
      const response = await fetch(`${service.url}/webhooks/lemonsqueezy`, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(SEND_LIMIT_MS),
      });
      await response.arrayBuffer();
      if (response.status !== 200)
        throw new Error(`a signed event was answered ${response.status}`);
    },
    async settled(asked) {
      const waiting = asked
        ? "SELECT 1 FROM inbox WHERE state = 'received' UNION ALL SELECT 1 FROM refetches LIMIT 1"
        : "SELECT 1 FROM inbox WHERE state = 'received' LIMIT 1";
      const empty = (): Promise<boolean> => Promise.resolve(rows(billing, waiting).length === 0);
      await eventually("everything to be applied", empty, SETTLE_LIMIT_MS);
      await pause(50);
    },
    forget() {
      alter(billing, (db) =>
        db.exec(`
          DELETE FROM inbox; DELETE FROM owners; DELETE FROM subscriptions; DELETE FROM invoices;
          DELETE FROM orders; DELETE FROM license_keys; DELETE FROM refetches; DELETE FROM outbox;
          UPDATE checkouts SET order_id = NULL, subscription_id = NULL;`),
      );
    },
  };
};

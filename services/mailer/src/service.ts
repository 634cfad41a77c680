import { createService } from "@luna/shared/service";

import { bulkLedger } from "./bulk-store.ts";
import type { MailerContext } from "./context.ts";
import { deliverDue } from "./deliver-due.ts";
import { deliveryOf, sweeperOf, switchboardOf, transportOf } from "./delivery.ts";
import { Config, type Env } from "./env.ts";
import { eventStore } from "./event-store.ts";
import { operatorLedger } from "./operator-store.ts";
import { routes } from "./routes.ts";
import { settingsStore } from "./settings-store.ts";
import { suppressionStore } from "./suppression-store.ts";

export const service = createService<Env, typeof Config.entries, MailerContext>({
  name: "mailer",
  config: Config,
  routes,
  context: (base, parts) => ({
    ...base,
    mails: operatorLedger(parts.db),
    bulk: bulkLedger(parts.db),
    settings: settingsStore(parts.db),
    suppressions: suppressionStore(parts.db),
    events: eventStore(parts.db),
    webhookKey: parts.config.SENDGRID_WEBHOOK_PUBLIC_KEY,
    transportOf: (chosen) => transportOf(chosen, parts.config),
    circuits: () => switchboardOf(parts.env).circuits(),
    deliver: async (ids) => {
      await deliverDue(deliveryOf(parts), [ids]);
    },
    arm: () => sweeperOf(parts.env).arm(),
  }),
});

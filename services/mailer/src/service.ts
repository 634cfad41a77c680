import { createService } from "@luna/shared/service";

import { bulkLedger } from "./bulk-store.ts";
import type { MailerContext } from "./context.ts";
import { deliverDue } from "./deliver-due.ts";
import { deliveryOf, sweeperOf } from "./delivery.ts";
import { Config, type Env } from "./env.ts";
import { operatorLedger } from "./operator-store.ts";
import { routes } from "./routes.ts";

export const service = createService<Env, typeof Config.entries, MailerContext>({
  name: "mailer",
  config: Config,
  routes,
  context: (base, parts) => ({
    ...base,
    mails: operatorLedger(parts.db),
    bulk: bulkLedger(parts.db),
    deliver: async (ids) => {
      await deliverDue(deliveryOf(parts), [ids]);
    },
    arm: () => sweeperOf(parts.env).arm(),
  }),
});

import { createService } from "@luna/shared/service";

import { applyFresh } from "./apply-event.ts";
import { billingOf } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { routes } from "./routes.ts";

export const service = createService<Env, typeof Config.entries, BillingContext>({
  name: "billing-webhook",
  config: Config,
  routes,
  context: (base, parts) => {
    const billing = billingOf(parts);
    return {
      ...base,
      billing,
      users: parts.env.USERS,
      applySoon: (inboxId) => parts.waitUntil(applyFresh(billing, inboxId)),
    };
  },
});

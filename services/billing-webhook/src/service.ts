import { createService } from "@luna/shared/service";

import { applyFresh } from "./apply-event.ts";
import { billingOf } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { createLemonSqueezy } from "./lemonsqueezy/client.ts";
import { routes } from "./routes.ts";

export const service = createService<Env, typeof Config.entries, BillingContext>({
  name: "billing-webhook",
  config: Config,
  routes,
  context: (base, parts) => {
    const billing = billingOf(parts);
    const { config } = parts;
    return {
      ...base,
      billing,
      users: parts.env.USERS,
      lemonSqueezy: createLemonSqueezy({
        baseUrl: config.LEMONSQUEEZY_API_URL,
        apiKey: config.LEMONSQUEEZY_API_KEY,
        storeId: config.LEMONSQUEEZY_STORE_ID,
      }),
      applySoon: (inboxId) => parts.waitUntil(applyFresh(billing, inboxId)),
    };
  },
});

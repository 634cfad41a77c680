import { createService } from "@luna/shared/service";

import { applyArrivals, NOBODYS_TURN, type Turn } from "./apply-arrivals.ts";
import { billingOf } from "./billing.ts";
import type { BillingContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { routes } from "./routes.ts";

/** The isolate's own; see `apply-arrivals.ts`. */
const turn: Turn = { ...NOBODYS_TURN };

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
      waitUntil: parts.waitUntil,
      applySoon: () => parts.waitUntil(applyArrivals(billing, turn)),
    };
  },
});

import { createService } from "@luna/shared/service";

import type { SchedulerContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { routes } from "./routes.ts";
import { createStore } from "./store.ts";

export const service = createService<Env, typeof Config.entries, SchedulerContext>({
  name: "scheduler",
  config: Config,
  routes,
  context: (base, { db, env }) => ({
    ...base,
    store: createStore(db),
    clockOf: (job) => env.CLOCK.getByName(job),
  }),
});

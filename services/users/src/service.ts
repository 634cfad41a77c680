import { createService } from "@luna/shared/service";

import type { UsersContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { routes } from "./routes.ts";
import { grantStore } from "./grant-store.ts";
import { ownStore } from "./own-store.ts";
import { serviceStore } from "./store.ts";
import { changePlan, subjectOf } from "./tell-subject.ts";

export const service = createService<Env, typeof Config.entries, UsersContext>({
  name: "users",
  config: Config,
  routes,
  context: (base, { db, env }) => ({
    ...base,
    own: (caller) => ownStore(db, caller),
    grants: grantStore(db),
    changePlan: (userId, write) => changePlan(env, serviceStore(db), userId, write, base.now),
    subject: ({ userId }) => subjectOf(env, userId),
  }),
});

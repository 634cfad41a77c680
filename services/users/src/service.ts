import { createService } from "@luna/shared/service";

import type { UsersContext } from "./context.ts";
import { Config, type Env } from "./env.ts";
import { routes } from "./routes.ts";
import { ownStore } from "./store.ts";
import { subjectOf } from "./tell-subject.ts";

export const service = createService<Env, typeof Config.entries, UsersContext>({
  name: "users",
  config: Config,
  routes,
  context: (base, { db, env }) => ({
    ...base,
    own: (caller) => ownStore(db, caller),
    subject: ({ userId }) => subjectOf(env, userId),
  }),
});

import { CACHE_STATS } from "@luna/shared/cache/stats-report";
import { arrivedAs } from "@luna/shared/http/arrival";
import { createRouter } from "@luna/shared/http/router";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import { answeredText, askedOf } from "@luna/shared/rpc/exchange";

import { peersOf } from "./env.ts";
import { meshHealth } from "./health.ts";
import { trustedKeys } from "./key-source.ts";
import { routes } from "./routes.ts";
import type { Passage } from "./serve.ts";

export type Service = keyof ReturnType<typeof peersOf> | "gateway";
export type Answers = Pick<ServiceDoor, "handle">;

const answerOwn = createRouter(routes);

/** The gateway's own routes, asked in the way every other service is. */
const ownDoor = ({ env, config, trace, log, now }: Passage): Answers => ({
  handle: async (text, body) => {
    const asked = askedOf(text);
    const answered = await answerOwn(arrivedAs(asked, body), {
      caller: asked.caller,
      trace,
      log,
      now,
      health: () => meshHealth(env, config !== null, now),
      cacheStats: env.CACHE_STATS.getByName(CACHE_STATS),
      publicKeys: async () => (await trustedKeys(env.AUTH, config?.API_URL ?? "", now)).jwks,
    });
    return answeredText(answered);
  },
});

export const doorFor = (service: Service, passage: Passage): Answers =>
  service === "gateway" ? ownDoor(passage) : peersOf(passage.env)[service];

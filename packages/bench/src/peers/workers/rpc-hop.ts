import { WorkerEntrypoint } from "cloudflare:workers";

import { callerOf, ME } from "./me.ts";

export class Back extends WorkerEntrypoint {
  me(id: string) {
    return { ...ME, id };
  }
}

/** One Worker that asks another. */
export default {
  async fetch(request: Request, env: { BACK: Service<Back> }): Promise<Response> {
    return Response.json(await env.BACK.me(callerOf(request)));
  },
};

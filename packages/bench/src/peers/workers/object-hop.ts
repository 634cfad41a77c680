import { DurableObject } from "cloudflare:workers";

import { callerOf, ME } from "./me.ts";

export class Hop extends DurableObject {
  me() {
    return ME;
  }
}

/** One Worker that asks the caller's Durable Object, which only answers. */
export default {
  async fetch(request: Request, env: { HOP: DurableObjectNamespace<Hop> }): Promise<Response> {
    return Response.json(await env.HOP.getByName(callerOf(request)).me());
  },
};

import type { MailerForServices, MailIntent } from "@luna/shared/rpc/mailer";
import { newTrace } from "@luna/shared/trace";

/** What the feeder answers: whether the mailer took the intents, and how long that took. */
export interface Fed {
  accepted: boolean;
  detail: string;
  ms: number;
}

/** Stands where auth, users and billing-webhook stand: hands mail intents to the mailer by its binding. */
export default {
  async fetch(request: Request, env: { MAILER: MailerForServices }): Promise<Response> {
    if (request.method !== "POST") return new Response("ready");
    const intents = await request.json<MailIntent[]>();
    const begun = Date.now();
    const result = await env.MAILER.accept(intents, newTrace());
    const fed: Fed = {
      accepted: result.ok,
      detail: result.ok ? "" : result.code,
      ms: Date.now() - begun,
    };
    return Response.json(fed);
  },
};

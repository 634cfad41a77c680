import { ok } from "@luna/shared/rpc/result";
import { WorkerEntrypoint } from "cloudflare:workers";

/** Users and mailer for a run that is only about billing's own tables: they take whatever comes. */
export class ForBilling extends WorkerEntrypoint {
  applySubscription() {
    return ok(null);
  }
  contactOf() {
    return ok({ name: "Ada", email: "ada@chaos.test", locale: "en", timezone: "UTC" });
  }
}

export class ForServices extends WorkerEntrypoint {
  accept() {
    return ok(null);
  }
}

export default {
  fetch: () => new Response(null, { status: 404 }),
};

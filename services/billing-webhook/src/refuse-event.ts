import { Failure } from "@luna/shared/http/problem";

import type { Config } from "./env.ts";
import { lemonSqueezyEvents } from "./lemonsqueezy/provider.ts";
import { parkReason } from "./park-reason.ts";

/**
 * Why the event in these bytes cannot be applied here, whoever asks for it; `null` if it can. A header
 * that did not fit was nobody's word: an operator has looked at the body.
 */
export const refuseEvent = (body: Uint8Array, config: Config): Failure | null => {
  const reason = parkReason(lemonSqueezyEvents.readEnvelope(body), null, config);
  return reason === null
    ? null
    : new Failure("conflict", `This event cannot be applied here: ${reason}.`);
};

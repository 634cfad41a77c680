import { tracedLogger } from "@luna/shared/logger/logger";
import type { Parts } from "@luna/shared/service";
import * as v from "valibot";

import { deliverDue } from "./deliver-due.ts";
import { deliveryOf } from "./delivery.ts";
import type { Config, Env } from "./env.ts";
import { Hint } from "./hint.ts";

/** The name in wrangler.jsonc of the queue for hints that nobody could consume. */
const DEAD_QUEUE = "mail-dead";

/**
 * Delivers the mails that the messages name and then whatever else is due, in one run, so that they
 * share connections. A message of `mail-dead` is only logged: the mails it names are in the ledger,
 * where the sweep finds them.
 */
export const consumeHints = async (
  batch: Pick<MessageBatch, "queue" | "messages" | "ackAll">,
  parts: Parts<Env, Config>,
): Promise<void> => {
  const hints: Hint[] = [];
  for (const { body, id } of batch.messages) {
    const hint = v.safeParse(Hint, body);
    if (hint.success) hints.push(hint.output);
    else parts.log.error("message is no hint", { messageId: id, queue: batch.queue });
  }
  if (batch.queue === DEAD_QUEUE)
    for (const { ids, trace } of hints)
      tracedLogger(parts.log, trace).error("hint is dead", { mailIds: ids });
  else await deliverDue(deliveryOf(parts), [hints.flatMap(({ ids }) => ids), null]);
  batch.ackAll();
};

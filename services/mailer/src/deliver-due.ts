import { deliverMail, type Delivery } from "./deliver-mail.ts";

/** Connections per run. workerd allows six per invocation, and D1 and the queue need some. */
const LANES = 4;
/** A run ends here even if more is due: its driver comes back. */
const RUN_MS = 45_000;

export interface Delivered {
  sent: number;
  unsent: number;
}

/**
 * Delivers what is due, of `ids` or of all. Each lane claims one mail at a time, so a crash leaves
 * at most one mail per lane in doubt. A provider that refuses everyone ends the run.
 */
export const deliverDue = async (
  delivery: Delivery,
  ids: readonly string[] | null = null,
): Promise<Delivered> => {
  const until = delivery.clock() + RUN_MS;
  const done: Delivered = { sent: 0, unsent: 0 };
  let refused = false;
  const lane = async (): Promise<void> => {
    const transport = delivery.openTransport();
    try {
      while (!refused && delivery.clock() < until) {
        const mail = await delivery.ledger.claim(transport.name, delivery.clock(), ids);
        if (mail === null) return;
        const outcome = await deliverMail(delivery, mail, transport);
        done[outcome.class === "sent" ? "sent" : "unsent"] += 1;
        refused ||= outcome.class === "provider";
      }
    } finally {
      await transport.close();
    }
  };
  const lanes = Math.min(LANES, ids?.length ?? LANES);
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
};

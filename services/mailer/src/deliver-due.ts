import { newTrace } from "@luna/shared/trace";

import type { Admission, Report } from "./circuit.ts";
import type { ClaimedMail } from "./claimed-mail.ts";
import { deliverMail, type Desk, reasonNotToSend } from "./deliver-mail.ts";
import type { DeliveryLedger } from "./delivery-store.ts";
import { createGauge } from "./gauge.ts";
import { createHand } from "./hand.ts";
import { keepLease } from "./lease.ts";
import { logResults } from "./log-results.ts";
import type { Outcome } from "./outcome.ts";
import { settle } from "./settle.ts";
import { POLICIES } from "./templates.ts";
import type { Transport, TransportName } from "./transport.ts";
import { createWriter } from "./write-results.ts";

/** What a delivery needs, whoever drives it: the queue, the alarm, the scheduler, an operator. */
export interface Delivery extends Desk {
  ledger: DeliveryLedger;
  /** The transport that is to be used, given what an operator has chosen. */
  transportOf(chosen: string | null): TransportName;
  admit(transport: TransportName): Promise<Admission>;
  /** Tells the switchboard; must not throw. */
  report(transport: TransportName, report: Report): Promise<"opened" | "closed" | null>;
  openTransport(name: TransportName): Transport;
  /** From 0 up to 1. */
  random: () => number;
  /** Makes sure that somebody looks at the ledger again soon. */
  wake(): Promise<void>;
}

/** Connections per run. workerd allows six per invocation, and D1 and the switchboard need some. */
const LANES = 4;
/** A run ends here even if more is due: its driver comes back. */
const RUN_MS = 45_000;

export interface Delivered {
  sent: number;
  unsent: number;
  /** When the transport may be tried again, if it may not now. Milliseconds since 1970. */
  resumesAt: number | null;
}

/** Which mails, in order: named ids, or `null` for all that are due. */
export type Scope = readonly (readonly string[] | null)[];

/**
 * Delivers what is due. A run begins with one lane; the others follow once the provider has
 * answered, so that a provider that refuses everyone is asked once. Claims, renewals and results
 * are written in batches; a crash leaves in doubt what was in hand at that moment, and no more.
 */
export const deliverDue = async (delivery: Delivery, scope: Scope = [null]): Promise<Delivered> => {
  const { ledger, clock, log, backoff, random } = delivery;
  const name = delivery.transportOf(await ledger.open(clock()));
  const admission = await delivery.admit(name);
  const done: Delivered = { sent: 0, unsent: 0, resumesAt: null };
  if (admission.permit === "none") return { ...done, resumesAt: admission.probeAt };

  const run = newTrace().traceId;
  const until = clock() + RUN_MS;
  const gauge = createGauge(
    admission,
    (report) => delivery.report(name, report),
    (code) => log.error("circuit opened", { transport: name, code }),
  );
  const lease = keepLease(
    async (now) => {
      if (delivery.transportOf(await ledger.renew(run, now)) !== name) gauge.stop();
    },
    { clock, log },
  );
  const claimed = new Map<string, ClaimedMail>();
  let again = false;

  const writer = createWriter(ledger, clock, (results, ours) => {
    const written = results.flatMap((result) => {
      const mail = claimed.get(result.id);
      claimed.delete(result.id);
      return mail === undefined ? [] : [{ mail, result, ours: ours.has(result.id) }];
    });
    for (const { result, ours: kept } of written) {
      if (!kept) continue;
      again ||= result.settlement.state === "retry";
      done[result.outcome.class === "sent" ? "sent" : "unsent"] += 1;
    }
    logResults(log, name, written);
  });
  const put = (mail: ClaimedMail, outcome: Outcome): Promise<void> => {
    const { onAmbiguous } = POLICIES[mail.template];
    const rules = { backoff, onAmbiguous, now: clock(), random };
    const settlement = settle(mail.attempts, outcome, rules);
    const { id, fence, address } = mail;
    return writer.put({ id, fence, address, outcome, settlement });
  };

  const hand = createHand(
    {
      open: () => !gauge.stopped() && clock() < until && lease.holds(),
      careful: () => admission.permit === "probe" && !gauge.answered(),
      async claim(limit, ids) {
        const mails = await ledger.claim(run, name, clock(), limit, ids);
        const sendable: ClaimedMail[] = [];
        for (const mail of mails) {
          claimed.set(mail.id, mail);
          const refused = reasonNotToSend(mail, delivery);
          if (refused === null) sendable.push(mail);
          else await put(mail, refused);
        }
        return sendable;
      },
    },
    [...scope],
  );

  let failure: unknown = null;
  const lanes = new Set<Promise<void>>();
  const work = async (): Promise<void> => {
    const transport = gauge.on(delivery.openTransport(name));
    try {
      for (let mail = await hand.take(); mail !== null; mail = await hand.take()) {
        await put(mail, await deliverMail(delivery, mail, transport));
        if (gauge.answered() && hand.waiting() > 0) open();
      }
    } catch (error) {
      failure ??= error;
      gauge.stop();
    } finally {
      await transport.close();
    }
  };
  const open = (): void => {
    if (lanes.size >= LANES) return;
    const lane = work().then(() => {
      lanes.delete(lane);
    });
    lanes.add(lane);
  };

  open();
  while (lanes.size > 0) await Promise.race(lanes);
  try {
    const rest = await hand.rest();
    await writer.close();
    if (rest.length > 0)
      await ledger.release(
        run,
        rest.map(({ id }) => id),
        clock(),
      );
  } finally {
    await lease.stop();
    await gauge.close();
  }
  if (again) await delivery.wake();
  if (failure !== null) throw failure;
  return done;
};

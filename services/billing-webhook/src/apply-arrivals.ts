import { giveWay } from "@luna/shared/give-way";

import { applyClaimed, applyRefetched } from "./apply-event.ts";
import type { Billing } from "./billing.ts";
import { CLAIM_ROWS, inboxStore } from "./inbox-store.ts";

/** Whose turn it is to apply what arrives in this isolate; lost with it, and the sweeper goes on. */
export interface Turn {
  /** Until when somebody is at it. A request that was cut off never says that it is done. */
  until: number;
  /** Something arrived after the last look. */
  knocked: boolean;
}
export const NOBODYS_TURN: Readonly<Turn> = { until: 0, knocked: false };

/** Longer than one delivery takes, and short beside the sweeper's five seconds. */
const TURN_MS = 3_000;
/** What one request does for others after its answer; workerd ends it at 30 s. */
const BUDGET_MS = 20_000;

/** With the turn given back: a provider that hangs must not hold up what arrives meanwhile. */
const askNow = async (billing: Billing): Promise<void> => {
  try {
    await applyRefetched(billing);
  } catch (error) {
    billing.log.warn("questions left to the reconciler", { error });
  }
};

/**
 * Applies what has just arrived, one after the other. One request of the isolate does so for all: if
 * every one did it for itself, the next acknowledgements would wait behind their work in the database.
 * Never throws: whatever stops it, the sweeper finds the deliveries where they were.
 */
export const applyArrivals = async (billing: Billing, turn: Turn): Promise<void> => {
  const { clock, db, log, patience } = billing;
  if (clock() < turn.until) {
    turn.knocked = true;
    return;
  }
  const until = clock() + BUDGET_MS;
  let asks = false;
  try {
    let isMore: boolean;
    do {
      turn.knocked = false;
      turn.until = clock() + TURN_MS;
      const page = patience.page(CLAIM_ROWS);
      const claimed = await inboxStore(db).claimArrived(clock(), page);
      for (const one of claimed) {
        turn.until = clock() + TURN_MS;
        const aftermath = await applyClaimed(billing, one);
        patience.note(aftermath.failed);
        asks ||= aftermath.asks;
        if (patience.isLost()) return;
        await giveWay();
      }
      // A page that was not full held all there were; whatever came later has knocked.
      isMore = claimed.length === page || turn.knocked;
    } while (isMore && clock() < until);
  } catch (error) {
    log.warn("arrivals left to the sweeper", { error });
  } finally {
    // Whoever comes next while the database refuses need not find out again at once.
    turn.until = patience.isLost() ? clock() + TURN_MS : 0;
  }
  if (asks) await askNow(billing);
};

import { CALM } from "./chaos.ts";
import { type Event, firstProgress, toDelivery } from "./event.ts";
import type { Store } from "./json-api.ts";
import type { Chaos, Delivery } from "./records.ts";
import type { Sender } from "./sender.ts";
import type { Put, State } from "./state.ts";

/** What every operation of the emulator works with. */
export interface Shop {
  state: State;
  store: Store;
  sender: Sender;
  /** How long a second of the retry ladder lasts, in milliseconds. */
  scaleMs: number;
  clock: () => number;
  /** When the next event may be sent for the first time: now, unless many are spread over time. */
  pace: () => number;
}

/** Chaos survives a restart like everything else. */
export const chaosOf = (state: State): Chaos => {
  const { id: _, ...chaos } = state.get("chaos", 1) ?? { id: 1 };
  return { ...CALM, ...chaos };
};

/** Writes deliveries that are due at their pace, with whatever caused them, and then sends them. */
export const recordDeliveries = async (
  { state, scaleMs, sender, pace }: Shop,
  puts: readonly Put[],
  deliveries: readonly Delivery[],
  timing: (index: number) => Pick<Event, "orderId" | "after">,
): Promise<void> => {
  const weather = { chaos: chaosOf(state), scaleMs };
  const progress = deliveries.map(({ id }, index) =>
    firstProgress(id, timing(index), pace(), weather),
  );
  await state.commit([
    ...puts,
    ...deliveries.map((row): Put => ({ table: "deliveries", row })),
    ...progress.map((row): Put => ({ table: "progress", row })),
  ]);
  sender.send(progress);
};

/** Writes a change and the webhooks it causes in one step, then sends them. */
export const record = async (
  shop: Shop,
  puts: readonly Put[],
  events: readonly Event[],
): Promise<void> => {
  const now = shop.clock();
  const deliveries = events.map((event) => toDelivery(shop.state.nextId("deliveries"), event, now));
  await recordDeliveries(shop, puts, deliveries, (index) => events[index] ?? { orderId: 0 });
};

import { type Event, toDelivery } from "./event.ts";
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
  random: () => number;
}

export const CALM: Chaos = { drop: 0, repeat: 0, reorder: 0, status: null };

/** Chaos survives a restart like everything else. */
export const chaosOf = (state: State): Chaos => state.get("chaos", 1) ?? CALM;

/** Writes a change and the webhooks it causes in one step, then sends them. */
export const record = async (
  shop: Shop,
  puts: readonly Put[],
  events: readonly Event[],
): Promise<Delivery[]> => {
  const { state, scaleMs, random } = shop;
  const conditions = { chaos: chaosOf(state), scaleMs, random };
  const now = shop.clock();
  const deliveries = events.map((event) =>
    toDelivery(state.nextId("deliveries"), event, now, conditions),
  );
  await state.commit([...puts, ...deliveries.map((row): Put => ({ table: "deliveries", row }))]);
  shop.sender.send(deliveries);
  return deliveries;
};

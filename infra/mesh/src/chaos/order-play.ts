import type { Trace } from "@luna/local/lemonsqueezy/trace";

import type { Run } from "./run.ts";
import { isFinal, knownOf, readTables } from "./trace-state.ts";
import type { TraceWorld } from "./trace-world.ts";
import type { Copy } from "./trace-cast.ts";

/** One buyer and the order in which his events arrive. */
export interface Play extends Copy {
  order: readonly number[];
}

/** What is known of one buyer in the end, and whether the provider says the same. */
export interface Ending {
  trace: Trace;
  known: string;
  final: boolean;
}

/** A buyer for every order of every trace. */
export const castAll = async (
  world: TraceWorld,
  traces: readonly Trace[],
  orders: (trace: Trace) => number[][],
): Promise<Play[]> => {
  const parts = traces.flatMap((trace) =>
    orders(trace).map((order, copy) => ({ trace, copy, order })),
  );
  const copies = await world.cast(parts);
  return copies.map((copy, index) => ({ ...copy, order: parts[index]?.order ?? [] }));
};

/**
 * All buyers at once, one event each, then the next one each: so every one is applied before what
 * follows it. With each event goes an earlier one of the same buyer once more.
 */
export const playAll = async (
  world: TraceWorld,
  plays: readonly Play[],
  random: () => number,
  say: Run["say"] = () => undefined,
): Promise<void> => {
  const longest = Math.max(...plays.map(({ order }) => order.length));
  for (let wave = 0; wave < longest; wave += 1) {
    const begun = performance.now();
    const acting = plays.filter(({ order }) => order.length > wave);
    const deliveries = acting.flatMap(({ deliveries: told, order }) =>
      [wave, Math.floor(random() * (wave + 1))].flatMap((at) => told[order[at] ?? -1] ?? []),
    );
    await world.send(deliveries);
    await world.settled();
    const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
    say(`  event ${wave + 1} of ${acting.length} buyers, and a repeat each: ${seconds} s`);
  }
};

/** Where each of them ended. */
export const endingsOf = (world: TraceWorld, plays: readonly Play[]): Ending[] => {
  const tables = readTables(world.billing);
  return plays.map((play) => ({
    trace: play.trace,
    known: knownOf(tables, play),
    final: isFinal(tables, play),
  }));
};

/**
 * The same buyer plays one order after another: which of two stories of one moment stands depends on
 * the ids in them, so only one and the same buyer must always end alike.
 */
export const playEach = async (
  world: TraceWorld,
  trace: Trace,
  orders: readonly number[][],
  random: () => number,
): Promise<Ending[]> => {
  const [copy] = await world.cast([{ trace, copy: 0 }]);
  if (copy === undefined) return [];
  const endings: Ending[] = [];
  for (const order of orders) {
    world.forget();
    await playAll(world, [{ ...copy, order }], random);
    endings.push(...endingsOf(world, [{ ...copy, order }]));
  }
  return endings;
};

import { TRACES } from "@luna/local/lemonsqueezy/traces";
import type { Trace } from "@luna/local/lemonsqueezy/trace";

import { permutations, someOf } from "./permutations.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";
import { isFinal, knownOf, readTables } from "./trace-state.ts";
import { type Copy, startTraceWorld, type TraceWorld } from "./trace-world.ts";

/** How many orders of each trace a quick run tries; a full one tries all. */
const QUICK_ORDERS = 2;
const AT_ONCE = 10;

/** One buyer and the order in which his events arrive. */
interface Play extends Copy {
  order: readonly number[];
}

const inLanes = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const next = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const item of next) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
};

/**
 * All buyers at once, one event each, then the next one each: so every one is applied before what
 * follows it. With each event goes an earlier one of the same buyer once more.
 */
const playAll = async (world: TraceWorld, plays: readonly Play[], random: () => number) => {
  const longest = Math.max(...plays.map(({ order }) => order.length));
  for (let wave = 0; wave < longest; wave += 1) {
    const acting = plays.filter(({ order }) => order.length > wave);
    await inLanes(acting, async ({ deliveries, order }) => {
      for (const at of [wave, Math.floor(random() * (wave + 1))]) {
        const delivery = deliveries[order[at] ?? 0];
        if (delivery !== undefined) await world.send(delivery);
      }
    });
    await world.settled(false);
  }
};

/** How many of these ended elsewhere than the first of their trace, or than the provider says. */
const divergedOf = (
  known: readonly { trace: Trace; known: string; final: boolean }[],
  finalMatters: (trace: Trace) => boolean,
): { name: string; count: number }[] =>
  [...Map.groupBy(known, ({ trace }) => trace)].flatMap(([trace, ends]) => {
    const count = ends.filter(
      (end) => end.known !== ends[0]?.known || (finalMatters(trace) && !end.final),
    ).length;
    return count === 0 ? [] : [{ name: trace.name, count }];
  });

const endOf = (world: TraceWorld, plays: readonly Play[]) => {
  const tables = readTables(world.billing);
  return plays.map((play) => {
    return { trace: play.trace, known: knownOf(tables, play), final: isFinal(tables, play) };
  });
};

const cast = (world: TraceWorld, traces: readonly Trace[], orders: (trace: Trace) => number[][]) =>
  Promise.all(
    traces.flatMap((trace) =>
      orders(trace).map(async (order, copy): Promise<Play> => {
        return { ...(await world.copyOf(trace, copy)), order };
      }),
    ),
  );

const run = async (context: Run) => {
  const { say } = context;
  const random = context.random("order");
  const orders = (trace: Trace): number[][] => {
    const all = permutations(trace.events.map((_event, index) => index));
    return context.quick ? someOf(all, QUICK_ORDERS, random) : all;
  };
  const diverged: { name: string; count: number }[] = [];
  let tried = 0;

  // Where payloads alone do not tell, the API does.
  const world = await startTraceWorld(context);
  const plays = await cast(world, TRACES, orders);
  await world.tellApi(plays);
  await playAll(world, plays, random);
  await world.settled(true);
  diverged.push(...divergedOf(endOf(world, plays), () => true));
  tried += plays.length;
  await world.provider.stop();
  await world.service.stop();

  // Without it all orders must still agree, and with the truth wherever the payloads tell it.
  const alone = await startTraceWorld(context);
  const decidable = TRACES.filter(({ undecidable }) => undecidable !== true);
  const others = await cast(alone, decidable, orders);
  await playAll(alone, others, random);
  diverged.push(...divergedOf(endOf(alone, others), () => true));
  tried += others.length;
  // Which of two equal moments stands depends on the ids, so the same buyer plays every order.
  for (const trace of TRACES.filter(({ undecidable }) => undecidable === true)) {
    const copy = await alone.copyOf(trace, 0);
    const ends = [];
    for (const order of orders(trace)) {
      alone.forget();
      await playAll(alone, [{ ...copy, order }], random);
      ends.push(...endOf(alone, [{ ...copy, order }]));
    }
    diverged.push(...divergedOf(ends, () => false));
    tried += ends.length;
  }
  await alone.service.stop();

  for (const { name, count } of diverged) say(`  ${name}: ${count} orders ended elsewhere`);
  say(`  ${tried} orders of ${TRACES.length} traces, with repeats, with and without the API`);
  const count = diverged.reduce((sum, one) => sum + one.count, 0);
  return [figure("order.diverged", count, context.quick)];
};

/** Whatever order events arrive in, and however often, the end is the same. */
export const order: Section = { ids: ["order.diverged"], subject: "billing", lane: "lone", run };

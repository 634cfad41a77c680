import { TRACES } from "@luna/local/lemonsqueezy/traces";
import type { Trace } from "@luna/local/lemonsqueezy/trace";

import { LAST_STANDS } from "./mutations.ts";
import { castAll, type Ending, endingsOf, playAll, playEach } from "./order-play.ts";
import { permutations, someOf } from "./permutations.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";
import { startTraceWorld } from "./trace-world.ts";

/** How many orders of each trace a quick run tries; a full one tries all. */
const QUICK_ORDERS = 2;

/** Payloads alone do not tell where these end. */
const UNDECIDABLE = TRACES.filter(({ undecidable }) => undecidable === true);
const DECIDABLE = TRACES.filter(({ undecidable }) => undecidable !== true);

interface Diverged {
  name: string;
  count: number;
}

/** How many of these ended elsewhere than the first of their trace, or than the provider says. */
const divergedOf = (endings: readonly Ending[], finalMatters: boolean): Diverged[] =>
  [...Map.groupBy(endings, ({ trace }) => trace)].flatMap(([trace, ends]) => {
    const count = ends.filter(
      (end) => end.known !== ends[0]?.known || (finalMatters && !end.final),
    ).length;
    return count === 0 ? [] : [{ name: trace.name, count }];
  });

type Orders = (trace: Trace) => number[][];
type Tried = { tried: number; diverged: Diverged[] };

/** Where payloads alone do not tell, the provider's API does. */
const withApi = async (context: Run, orders: Orders): Promise<Tried> => {
  const world = await startTraceWorld(context);
  const plays = await castAll(world, TRACES, orders);
  await world.tellApi(plays);
  await playAll(world, plays, context.random("order"), context.say);
  await world.answered();
  const diverged = divergedOf(endingsOf(world, plays), true);
  await world.provider.stop();
  await world.service.stop();
  return { tried: plays.length, diverged };
};

/** Without it all orders must still agree, and with the truth wherever the payloads tell it. */
const withoutApi = async (context: Run, orders: Orders): Promise<Tried> => {
  const random = context.random("order-alone");
  const world = await startTraceWorld(context);
  const plays = await castAll(world, DECIDABLE, orders);
  await playAll(world, plays, random);
  const diverged = divergedOf(endingsOf(world, plays), true);
  let tried = plays.length;
  for (const trace of UNDECIDABLE) {
    const endings = await playEach(world, trace, orders(trace), random);
    diverged.push(...divergedOf(endings, false));
    tried += endings.length;
  }
  await world.service.stop();
  return { tried, diverged };
};

/** Whether all this would notice an order guard that is wrong in the only way that is easy to miss. */
const control = async (context: Run): Promise<number> => {
  const random = context.random("order-control");
  const world = await startTraceWorld(context, [LAST_STANDS]);
  let caught = 0;
  for (const trace of UNDECIDABLE) {
    const all = permutations(trace.events.map((_event, index) => index));
    const diverged = divergedOf(await playEach(world, trace, all, random), false);
    caught += diverged.reduce((sum, { count }) => sum + count, 0);
    if (caught > 0) break;
  }
  await world.service.stop();
  return caught;
};

const run = async (context: Run) => {
  const { say, quick } = context;
  const random = context.random("order-draw");
  const drawn = new Map(
    TRACES.map((trace) => {
      const all = permutations(trace.events.map((_event, index) => index));
      return [trace, quick ? someOf(all, QUICK_ORDERS, random) : all];
    }),
  );
  const orders: Orders = (trace) => drawn.get(trace) ?? [];
  const worlds = await Promise.all([withApi(context, orders), withoutApi(context, orders)]);
  const diverged = worlds.flatMap((world) => world.diverged);
  const tried = worlds.reduce((sum, world) => sum + world.tried, 0);
  for (const { name, count } of diverged) say(`  ${name}: ${count} orders ended elsewhere`);
  say(`  ${tried} orders of ${TRACES.length} traces, with repeats, with and without the API`);
  const caught = await control(context);
  say(`  with <= for < in the order guard, ${caught} orders end elsewhere`);
  return [
    figure(
      "order.diverged",
      diverged.reduce((sum, { count }) => sum + count, 0),
      quick,
    ),
    figure("order.control_caught", caught, quick),
  ];
};

/** Whatever order events arrive in, and however often, the end is the same. */
export const order: Section = {
  ids: ["order.diverged", "order.control_caught"],
  subject: "billing",
  lane: "lone",
  run,
};

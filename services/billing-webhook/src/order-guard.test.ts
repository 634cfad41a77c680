import { describe, expect, inject, it } from "vitest";

import type { Clock } from "./clock.ts";
import { endOf, permutationsOf, sightingsIn, type Sighting } from "./fixtures/traces.ts";
import { standing, weigh, type Precedes } from "./order-guard.ts";
import { isDoubtful, type Subscription } from "./subscription.ts";

/** What the tables say: each object's canonical value. The clock is not part of the state. */
const stateOf = (known: Map<string, Sighting>): string =>
  JSON.stringify(
    [...known]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, { observed }]) => [key, observed.value]),
  );

const keyOf = ({ kind, observed }: Sighting): string => `${kind}:${observed.value.id}`;

interface Rule {
  isBefore?: Precedes;
  /** What the provider's API answers; without it the API is down. */
  truth?: Map<string, Sighting>;
}

/** The processor without its tables: order guard, and refetch where it would ask. */
const reduce = (sightings: readonly Sighting[], { isBefore, truth }: Rule): string => {
  const known = new Map<string, Sighting>();
  const take = (sighting: Sighting): void => {
    const { kind, observed } = sighting;
    const before = known.get(keyOf(sighting))?.observed ?? null;
    known.set(keyOf(sighting), { kind, observed: standing(before, observed, isBefore) });
  };
  for (const sighting of sightings) {
    const before = known.get(keyOf(sighting))?.observed ?? null;
    const weighed = weigh(before, sighting.observed, isBefore);
    take(sighting);
    const asks =
      sighting.kind === "subscription" &&
      (weighed === "tie" ||
        ((weighed === "first" || weighed === "later") &&
          isDoubtful(sighting.observed.value as Subscription)));
    const answer = asks ? truth?.get(keyOf(sighting)) : undefined;
    if (answer !== undefined) take(answer);
  }
  return stateOf(known);
};

/** Every order of arrival; each also with every event repeated, in the other direction. */
const arrivals = (sightings: readonly Sighting[]): Sighting[][] =>
  permutationsOf(sightings).flatMap((order) => [
    order,
    [...order, ...order.toReversed()],
    order.flatMap((sighting) => [sighting, sighting]),
  ]);

const endings = (sightings: readonly Sighting[], rule: Rule): Set<string> =>
  new Set(arrivals(sightings).map((order) => reduce(order, rule)));

const traces = await Promise.all(
  inject("traces").map(async (trace) => {
    const end = new Map((await endOf(trace)).map((sighting) => [keyOf(sighting), sighting]));
    return { trace, sightings: await sightingsIn(trace), end };
  }),
);

/** The provider's end of every object that the events tell of. */
const toldEnd = (sightings: Sighting[], end: Map<string, Sighting>): string => {
  const told = new Set(sightings.map(keyOf));
  return stateOf(new Map([...end].filter(([key]) => told.has(key))));
};

describe("the order guard", () => {
  it("is shown at least twelve traces of at most six events", () => {
    expect(traces.length).toBeGreaterThanOrEqual(12);
    expect(Math.max(...traces.map(({ trace }) => trace.events.length))).toBeLessThanOrEqual(6);
  });

  it.each(traces.map((one) => [one.trace.name, one] as const))(
    "ends %s as the provider does, in every order and with repeats",
    (_name, { sightings, end }) => {
      expect([...endings(sightings, { truth: end })]).toEqual([toldEnd(sightings, end)]);
    },
  );

  it.each(traces.map((one) => [one.trace.name, one] as const))(
    "ends %s alike in every order while the provider's API is down",
    (_name, { sightings }) => {
      expect(endings(sightings, {}).size).toBe(1);
    },
  );

  const decidable = traces.filter(({ trace }) => trace.undecidable !== true);
  it.each(decidable.map((one) => [one.trace.name, one] as const))(
    "needs no API to end %s as the provider does",
    (_name, { sightings, end }) => {
      expect([...endings(sightings, {})]).toEqual([toldEnd(sightings, end)]);
    },
  );

  const moment = ({ updatedAt, itemUpdatedAt, urlsExpireAt }: Clock): number[] => [
    updatedAt,
    itemUpdatedAt,
    urlsExpireAt,
  ];
  const diverging = (isBefore: Precedes) =>
    traces
      .filter(({ sightings }) => endings(sightings, { isBefore }).size > 1)
      .map(({ trace }) => trace.name);

  it("would diverge with <= in place of <", () => {
    const isBefore: Precedes = (a, b) => {
      const [first, second] = [moment(a), moment(b)];
      const at = first.findIndex((part, index) => part !== second[index]);
      return at === -1 || (first[at] ?? 0) < (second[at] ?? 0);
    };
    expect(diverging(isBefore)).toContain("conflict-in-one-second");
  });
});

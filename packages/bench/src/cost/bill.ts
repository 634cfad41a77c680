import type { Tally } from "../instruments/tally.ts";
import { LOG_EVENT, OBJECT_GB, PLAN_USD, PRICES, type Metered } from "./prices.ts";

/** Units of each metered thing that one request uses, on average. */
export type Usage = Record<Metered, number>;

/**
 * Wall-clock time one call keeps an object running. An object that waits between calls and could
 * sleep is not billed; one call runs well below this even on a busy laptop.
 */
const OBJECT_CALL_MS = 2;

/** Average use per request, from what `requests` of them did together. `cpuMs` is per request. */
export const usagePerRequest = (tally: Tally, requests: number, cpuMs: number): Usage => {
  const objectMs = tally.doRequests * OBJECT_CALL_MS + tally.doTimerMs;
  return {
    request: 1,
    cpuMs,
    doRequest: tally.doRequests / requests,
    doGbSecond: ((objectMs / 1_000) * OBJECT_GB) / requests,
    doRowRead: tally.doRowsRead / requests,
    doRowWritten: tally.doRowsWritten / requests,
    d1RowRead: tally.d1RowsRead / requests,
    d1RowWritten: tally.d1RowsWritten / requests,
    kvRead: tally.kvReads / requests,
    kvWrite: tally.kvWrites / requests,
    queueOperation: tally.queueOperations / requests,
  };
};

const MILLION = 1_000_000;
const metered = Object.keys(PRICES) as Metered[];
const used = (usage: Usage): Metered[] => metered.filter((name) => usage[name] > 0);

/** Dollars for a million requests at list price, nothing included. */
export const usdPerMillion = (usage: Usage): number =>
  metered.reduce((sum, name) => sum + usage[name] * PRICES[name].usd * MILLION, 0);

const beyondIncluded = (usage: Usage, name: Metered, requests: number): number =>
  Math.max(0, usage[name] * requests - PRICES[name].included);

/** Dollars for a month of `requests`, with the plan's fee and what it includes. */
export const usdPerMonth = (usage: Usage, requests: number): number =>
  metered.reduce(
    (sum, name) => sum + beyondIncluded(usage, name, requests) * PRICES[name].usd,
    PLAN_USD,
  );

const money = (usd: number): string => `$${usd.toFixed(4)}`;
const listed = (usd: number): string => `$${Number((usd * MILLION).toFixed(4))}/M`;

/** The arithmetic of `usdPerMillion`, one line per thing that is used at all. */
export const explainMillion = (usage: Usage, logLines: number): string[] => [
  ...used(usage).map((name) => {
    const { usd, unit } = PRICES[name];
    const cost = usage[name] * usd * MILLION;
    return `${usage[name].toFixed(4)} × ${unit} at ${listed(usd)} = ${money(cost)}`;
  }),
  `together ${money(usdPerMillion(usage))} per million requests`,
  `beside it ${logLines.toFixed(1)} × ${LOG_EVENT.unit} at ${listed(LOG_EVENT.usd)} = ${money(logLines * LOG_EVENT.usd * MILLION)}`,
];

/** The arithmetic of `usdPerMonth`. */
export const explainMonth = (usage: Usage, requests: number): string[] => [
  `plan ${money(PLAN_USD)}`,
  ...used(usage).map((name) => {
    const { usd, unit } = PRICES[name];
    const beyond = beyondIncluded(usage, name, requests);
    const units = Math.round(usage[name] * requests);
    return `${units} × ${unit}, ${Math.round(beyond)} beyond the included at ${listed(usd)} = ${money(beyond * usd)}`;
  }),
  `together ${money(usdPerMonth(usage, requests))} for a month of ${requests / MILLION} M requests`,
];

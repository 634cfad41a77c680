/** What one unit beyond the included ones costs on the Workers Paid plan, in US dollars. */
export interface Price {
  usd: number;
  /** Units per month that the plan includes. */
  included: number;
  unit: string;
  source: string;
}

const MILLION = 1_000_000;
const BILLION = 1_000 * MILLION;
const DOCS = "https://developers.cloudflare.com";
const WORKERS = `${DOCS}/workers/platform/pricing/`;
const OBJECTS = `${DOCS}/durable-objects/platform/pricing/`;
const D1 = `${DOCS}/d1/platform/pricing/`;
const KV = `${DOCS}/kv/platform/pricing/`;
const QUEUES = `${DOCS}/queues/platform/pricing/`;
const LOGS = `${DOCS}/workers/observability/logs/workers-logs/#pricing`;

const perMillion = (usd: number, included: number, unit: string, source: string): Price => ({
  usd: usd / MILLION,
  included,
  unit,
  source,
});

/** Cloudflare's public list, November 2026. */
export const PRICES = {
  request: perMillion(0.3, 10 * MILLION, "request", WORKERS),
  cpuMs: perMillion(0.02, 30 * MILLION, "CPU ms", WORKERS),
  doRequest: perMillion(0.15, MILLION, "object request", OBJECTS),
  doGbSecond: perMillion(12.5, 400_000, "GB-s", OBJECTS),
  doRowRead: perMillion(0.001, 25 * BILLION, "object row read", OBJECTS),
  doRowWritten: perMillion(1, 50 * MILLION, "object row written", OBJECTS),
  d1RowRead: perMillion(0.001, 25 * BILLION, "D1 row read", D1),
  d1RowWritten: perMillion(1, 50 * MILLION, "D1 row written", D1),
  kvRead: perMillion(0.5, 10 * MILLION, "KV read", KV),
  kvWrite: perMillion(5, MILLION, "KV write", KV),
  queueOperation: perMillion(0.4, MILLION, "queue operation", QUEUES),
} satisfies Record<string, Price>;

export type Metered = keyof typeof PRICES;

/** Shown beside the bill, because logs can be sampled or sent elsewhere. */
export const LOG_EVENT: Price = perMillion(0.6, 20 * MILLION, "log event", LOGS);

/** The base fee of the Workers Paid plan, per month. */
export const PLAN_USD = 5;

/** What an object in memory is billed for: 128 MB, however little it uses. */
export const OBJECT_GB = 0.128;

import { percentile } from "../statistics.ts";
import { openConnection, type Answer, type Connection } from "./connection.ts";

/** Gives the next request, or `null` when there is nothing left to ask. */
export type NextRequest = () => Buffer | null;

export interface Load {
  /** Lanes are dealt to these ports in turn. */
  ports: readonly number[];
  /** Requests under way at any time; each has a connection of its own. */
  inFlight: number;
  next: NextRequest;
  /** Milliseconds after which no request begins; forever when left out. */
  forMs?: number;
  /** Sees every answer, outside what is timed. */
  seen?: (answer: Answer, request: Buffer) => void;
}

export interface Measured {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Answers by status; 0 counts broken connections. */
  statuses: Record<number, number>;
}

const summary = (latencies: number[], elapsedMs: number, statuses: Record<number, number>) => {
  const sorted = Float64Array.from(latencies).sort();
  return {
    requests: sorted.length,
    perSecond: (sorted.length * 1_000) / elapsedMs,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    statuses,
  };
};

/** Keeps `inFlight` requests under way until there are none left or the time is over. */
export const drive = async (load: Load): Promise<Measured> => {
  const { ports, inFlight, next, forMs = Number.POSITIVE_INFINITY, seen } = load;
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  const count = (status: number): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const portOf = (lane: number): number => ports[lane % ports.length] ?? 0;
  const connections = await Promise.all(
    Array.from({ length: inFlight }, (_, lane) => openConnection(portOf(lane))),
  );
  const started = performance.now();
  const deadline = started + forMs;

  const runLane = async (first: Connection, lane: number): Promise<void> => {
    let connection = first;
    for (;;) {
      const begun = performance.now();
      const request = begun < deadline ? next() : null;
      if (request === null) break;
      const answer = await connection.ask(request).catch(() => null);
      if (answer === null) {
        count(0);
        connection.close();
        connection = await openConnection(portOf(lane));
        continue;
      }
      latencies.push(performance.now() - begun);
      count(answer.status);
      seen?.(answer, request);
    }
    connection.close();
  };
  await Promise.all(connections.map(runLane));
  return summary(latencies, performance.now() - started, statuses);
};

/** The requests one after another, again and again. */
export const roundRobin = (requests: readonly Buffer[]): NextRequest => {
  let index = 0;
  return () => requests[index++ % requests.length] ?? null;
};

/** Each request once. */
export const once = (requests: Iterable<Buffer>): NextRequest => {
  const iterator = requests[Symbol.iterator]();
  return () => {
    const { value, done } = iterator.next();
    return done === true ? null : value;
  };
};

/** Answers that are not a success, and broken connections. */
export const failures = ({ statuses }: Measured): number =>
  Object.entries(statuses)
    .filter(([status]) => Number(status) < 200 || Number(status) >= 300)
    .reduce((sum, [, count]) => sum + count, 0);

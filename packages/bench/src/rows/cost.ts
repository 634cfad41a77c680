import type { Tier } from "@luna/shared/plans";
import { ALONE_MS } from "@luna/shared/rate-limiter/reservations";

import {
  explainMillion,
  explainMonth,
  usagePerRequest,
  usdPerMillion,
  usdPerMonth,
  type Usage,
} from "../cost/bill.ts";
import { figure, type Figure } from "../figure.ts";
import type { Tally } from "../instruments/tally.ts";
import { drive, failures, once, roundRobin } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import { seededRandom } from "../random.ts";
import { warm, type Populated, type Stage } from "../stage.ts";
import type { Section } from "./section.ts";

/** Longer than an object keeps an unused step, and than the database's answers take. */
const TIMERS_MS = ALONE_MS + 500;
/** An object that nobody asks is gone from memory after about ten seconds. */
const ASLEEP_MS = 12_000;
const MONTH_REQUESTS = 30_000_000;
const WRITES = 0.1;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const getMe = ({ accounts }: Populated): Buffer[] =>
  accounts.map(({ token }) => requestBytes({ path: "/v1/me", token }));

interface Counted {
  tally: Tally;
  requests: number;
}

/** What `work` does in all isolates, timers that it leaves behind included. */
const countedDuring = async (
  { mesh }: Populated,
  work: () => Promise<number>,
): Promise<Counted> => {
  await mesh.instruments.reset();
  const requests = await work();
  await pause(TIMERS_MS);
  return { tally: await mesh.instruments.total(), requests };
};

const asleep = async (
  stage: Stage,
  count: number,
  tier: Tier,
  gateways = 1,
): Promise<Populated> => {
  const populated = await stage.populate({ shell: "counting", gateways }, count, tier);
  await warm(populated);
  return populated;
};

/** A few callers in bursts of well over ten requests a second each. */
const busy = async (populated: Populated, print: (line: string) => void): Promise<Counted> => {
  const PER_CALLER = 150;
  const requests = getMe(populated);
  const all = Array.from({ length: PER_CALLER }, () => requests).flat();
  return countedDuring(populated, async () => {
    const measured = await drive({ ports: populated.mesh.ports, inFlight: 32, next: once(all) });
    const perCaller = measured.perSecond / requests.length;
    print(`  busy: ${perCaller.toFixed(1)} per s and caller, ${JSON.stringify(measured.statuses)}`);
    return measured.requests - failures(measured);
  });
};

/**
 * One request per caller and minute: the object has gone to sleep and the kept answer has expired.
 * A front door that has not seen the caller yet stands for the minute the answer would need.
 */
const sparse = async (populated: Populated): Promise<Counted> => {
  const [, ...fresh] = populated.mesh.ports;
  return countedDuring(populated, async () => {
    let requests = 0;
    for (const port of fresh) {
      await pause(ASLEEP_MS);
      const measured = await drive({ ports: [port], inFlight: 8, next: once(getMe(populated)) });
      requests += measured.requests - failures(measured);
    }
    return requests;
  });
};

/** Nine reads to one write, in bursts, as the month is billed. */
const mixed = (populated: Populated): Promise<Counted> => {
  const random = seededRandom(1);
  const requests = populated.accounts.flatMap(({ token }) =>
    Array.from({ length: 40 }, () =>
      random() < WRITES
        ? requestBytes({
            method: "PATCH",
            path: "/v1/me",
            token,
            body: JSON.stringify({ name: `Ada ${random()}` }),
          })
        : requestBytes({ path: "/v1/me", token }),
    ),
  );
  return countedDuring(populated, async () => {
    const measured = await drive({
      ports: populated.mesh.ports,
      inFlight: 32,
      next: once(requests),
    });
    return measured.requests - failures(measured);
  });
};

/** Processor time of one read in the mesh as built: more than is billed, as it holds the runtime's. */
const cpuPerRead = async (stage: Stage): Promise<number> => {
  const populated = await stage.spread();
  await warm(populated);
  const before = populated.mesh.cpuMs();
  const measured = await drive({
    ports: populated.mesh.ports,
    inFlight: 32,
    next: roundRobin(getMe(populated)),
    forMs: stage.effort.sliceMs,
  });
  return (populated.mesh.cpuMs() - before) / measured.requests;
};

const explained = (
  name: string,
  { tally, requests }: Counted,
  cpuMs: number,
  print: (line: string) => void,
): Usage => {
  const usage = usagePerRequest(tally, requests, cpuMs);
  print(`  ${name}, per request of ${requests}:`);
  for (const line of explainMillion(usage, tally.logLines / requests)) print(`    ${line}`);
  return usage;
};

const measure = async (stage: Stage, print: (line: string) => void): Promise<Figure[]> => {
  const cpuMs = await cpuPerRead(stage);
  const few = await asleep(stage, 20, "pro");
  const reads = await countedDuring(few, async () => {
    const measured = await drive({ ports: few.mesh.ports, inFlight: 8, next: once(getMe(few)) });
    return measured.requests;
  });
  const perRead = (value: number): number => value / reads.requests;
  const inBursts = explained("busy", await busy(few, print), cpuMs, print);
  const inMonth = explained("nine reads to one write", await mixed(few), cpuMs, print);
  for (const line of explainMonth(inMonth, MONTH_REQUESTS)) print(`    ${line}`);
  const many = await asleep(stage, Math.min(100, stage.effort.accounts), "free", 4);
  const alone = explained("sparse", await sparse(many), cpuMs, print);
  const { tally } = reads;
  return [
    figure("cost.read.d1_rows", perRead(tally.d1RowsRead + tally.d1RowsWritten)),
    figure("cost.read.kv_ops", perRead(tally.kvReads + tally.kvWrites)),
    figure("cost.read.do_requests", perRead(tally.doRequests)),
    figure("cost.busy_usd_per_million", usdPerMillion(inBursts)),
    figure("cost.sparse_usd_per_million", usdPerMillion(alone)),
    figure("cost.month_1m_per_day_usd", usdPerMonth(inMonth, MONTH_REQUESTS)),
    figure("row.cost.cpu_ms_per_read", cpuMs, "ms"),
  ];
};

/** What a request uses of everything that is billed, and what that costs. */
export const cost: Section = {
  ids: [
    "cost.read.d1_rows",
    "cost.read.kv_ops",
    "cost.read.do_requests",
    "cost.busy_usd_per_million",
    "cost.sparse_usd_per_million",
    "cost.month_1m_per_day_usd",
  ],
  run: measure,
};

import { describe, expect, it } from "vitest";

import { tally } from "../instruments/tally.ts";
import {
  explainMillion,
  explainMonth,
  usagePerRequest,
  usdPerMillion,
  usdPerMonth,
} from "./bill.ts";

const MILLION = 1_000_000;

describe("usdPerMillion", () => {
  it("prices a request that does nothing but be asked", () => {
    const usage = usagePerRequest(tally, 1, 0);
    expect(usdPerMillion(usage)).toBeCloseTo(0.3, 10);
  });

  it("prices one object call with one row, and its two milliseconds", () => {
    const usage = usagePerRequest({ ...tally, doRequests: 1, doRowsWritten: 1 }, 1, 0);
    // 0.30 + 0.15 + 1.00 + 0.002 s × 0.128 GB × 12.50
    expect(usdPerMillion(usage)).toBeCloseTo(1.4532, 10);
  });

  it("bills a timer as time the object is awake", () => {
    const usage = usagePerRequest({ ...tally, doTimerMs: 1_000 }, 1, 0);
    expect(usdPerMillion(usage)).toBeCloseTo(0.3 + 0.128 * 12.5, 10);
  });

  it("spreads what was counted over the requests", () => {
    const usage = usagePerRequest({ ...tally, d1RowsWritten: 5, kvWrites: 2 }, 10, 0.5);
    expect(usage).toMatchObject({ d1RowWritten: 0.5, kvWrite: 0.2, cpuMs: 0.5 });
    expect(usdPerMillion(usage)).toBeCloseTo(0.3 + 0.5 + 1 + 0.01, 10);
  });
});

describe("usdPerMonth", () => {
  const usage = usagePerRequest({ ...tally, doRequests: 1 }, 1, 0);

  it("costs the plan's fee within what it includes", () => {
    expect(usdPerMonth(usage, MILLION)).toBe(5);
  });

  it("bills only what is beyond it", () => {
    // 20 M requests and 29 M object requests beyond the included 10 M and 1 M.
    expect(usdPerMonth(usage, 30 * MILLION)).toBeCloseTo(5 + 20 * 0.3 + 29 * 0.15, 10);
  });
});

describe("the arithmetic in words", () => {
  it("lists what is used and nothing else", () => {
    const lines = explainMillion(usagePerRequest({ ...tally, kvReads: 1 }, 1, 0), 2);
    expect(lines).toEqual([
      "1.0000 × request at $0.3/M = $0.3000",
      "1.0000 × KV read at $0.5/M = $0.5000",
      "together $0.8000 per million requests",
      "beside it 2.0 × log event at $0.6/M = $1.2000",
    ]);
  });

  it("says of a month what is beyond the included", () => {
    expect(explainMonth(usagePerRequest(tally, 1, 0), 30 * MILLION)).toEqual([
      "plan $5.0000",
      "30000000 × request, 20000000 beyond the included at $0.3/M = $6.0000",
      "together $11.0000 for a month of 30 M requests",
    ]);
  });
});

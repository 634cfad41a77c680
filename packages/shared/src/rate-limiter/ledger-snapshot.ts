import { decodeCounter } from "./create-counter.ts";
import type { Charge } from "./limiter.ts";
import { DAY_MS } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { UsageMeter } from "./usage-meter.ts";
import { ByteReader, ByteWriter } from "./wire.ts";

/** The second says since when everything counts as spent, because what was spent is not known. */
const FORMAT = { whole: 1, lost: 2 } as const;

/** What one row holds. */
export interface LedgerRow {
  charges: readonly (Charge & { reserved: number })[];
  meter: UsageMeter;
  reservedRequests: number;
  /** The last moment at which anything reserved may be used. */
  deadline: number;
  clock: number;
  /** When the row before this one was found damaged (ms), or `null`. */
  lostAt: number | null;
}

export const encodeLedger = (row: LedgerRow): Uint8Array => {
  const bytes = new ByteWriter();
  if (row.lostAt === null) {
    bytes.number(FORMAT.whole);
  } else {
    bytes.number(FORMAT.lost);
    bytes.number(row.lostAt);
  }
  bytes.number(row.clock);
  bytes.number(row.deadline);
  row.meter.encode(bytes, row.reservedRequests);
  bytes.number(row.charges.length);
  for (const { policy, counter, reserved } of row.charges) {
    bytes.text(policy.name);
    bytes.number(policy.kind === "utc_day" ? 1 : 0);
    bytes.number(policy.limit);
    bytes.number(policy.windowMs);
    bytes.number(reserved);
    counter.encode(bytes);
  }
  return bytes.done();
};

/** A clock that is ahead of ours by more than this was never one. */
const MOST_AHEAD_MS = DAY_MS;

/** What a row says; reservations come back as spent at their deadline: nobody knows how many of them were. */
export type Restored = Pick<LedgerRow, "meter" | "clock" | "lostAt"> & { charges: Charge[] };

const decode = (snapshot: Uint8Array): Restored => {
  const bytes = new ByteReader(snapshot);
  const format = bytes.number();
  if (format !== FORMAT.whole && format !== FORMAT.lost)
    throw new RangeError("A ledger of an unknown format");
  const lostAt = format === FORMAT.lost ? bytes.number() : null;
  const clock = bytes.number();
  const deadline = bytes.number();
  const meter = UsageMeter.decode(bytes);
  const charges: Charge[] = [];
  for (let rest = bytes.number(); rest > 0; rest -= 1) {
    const policy: Policy = {
      name: bytes.text(),
      kind: bytes.number() === 1 ? "utc_day" : "rolling",
      limit: bytes.number(),
      windowMs: bytes.number(),
    };
    const reserved = bytes.number();
    const counter = decodeCounter(policy, bytes);
    if (reserved > 0) counter.addReserved(reserved, deadline);
    charges.push({ policy, counter });
  }
  return { charges, meter, clock, lostAt };
};

/** `null` for bytes that no `encodeLedger` gave, as far as they show it. */
export const decodeLedger = (snapshot: Uint8Array, now: number): Restored | null => {
  try {
    const restored = decode(snapshot);
    return restored.clock <= now + MOST_AHEAD_MS ? restored : null;
  } catch {
    return null;
  }
};

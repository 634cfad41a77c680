import { decodeCounter } from "./create-counter.ts";
import type { Charge } from "./limiter.ts";
import type { Policy } from "./policy.ts";
import { UsageMeter } from "./usage-meter.ts";
import { ByteReader, ByteWriter } from "./wire.ts";

const FORMAT = 1;

/** What one row holds. */
export interface LedgerRow {
  charges: readonly (Charge & { reserved: number })[];
  meter: UsageMeter;
  reservedRequests: number;
  /** The last moment at which anything reserved may be used. */
  deadline: number;
  clock: number;
}

export const encodeLedger = (row: LedgerRow): Uint8Array => {
  const bytes = new ByteWriter();
  bytes.number(FORMAT);
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

/** Reservations come back as spent at their deadline: nobody knows how many of them were. */
export const decodeLedger = (
  snapshot: Uint8Array,
): { charges: Charge[]; meter: UsageMeter; clock: number } => {
  const bytes = new ByteReader(snapshot);
  if (bytes.number() !== FORMAT) throw new RangeError("A ledger of an unknown format");
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
  return { charges, meter, clock };
};

import type { ByteWriter } from "./wire.ts";
import type { Policy } from "./policy.ts";

/**
 * What was spent under one policy. Times are whole ms and never run backwards, except that a
 * reservation restored after a crash may lie in the near future.
 */
export interface Counter {
  readonly kind: Policy["kind"];
  used(now: number): number;
  remaining(now: number): number;
  fits(cost: number, now: number): boolean;
  /** The earliest time at which `cost` fits if nothing else is spent; `Infinity` above the limit. */
  retryAt(cost: number, now: number): number;
  /** Counts without asking: whoever enforces a limit asks `fits` first. */
  add(cost: number, now: number): void;
  /** Counts what a crash left reserved until `deadline`, delaying nothing that was spent before. */
  addReserved(cost: number, deadline: number): void;
  /** Keeps what was spent under a changed limit or window of the same kind. */
  configure(policy: Policy): void;
  encode(bytes: ByteWriter): void;
}

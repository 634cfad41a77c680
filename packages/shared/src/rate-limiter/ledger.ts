import { createCounter } from "./create-counter.ts";
import { decodeLedger, encodeLedger } from "./ledger-snapshot.ts";
import type { Restored } from "./ledger-snapshot.ts";
import { decide, stateOf } from "./limiter.ts";
import type { Verdict } from "./limiter.ts";
import type { LimitState, Policy } from "./policy.ts";
import { Reservations } from "./reservations.ts";
import { Tally } from "./tally.ts";
import { UsageMeter } from "./usage-meter.ts";
import type { Usage } from "./usage-meter.ts";

export interface Closing {
  /** `snapshot()` must be durable before anyone is answered, in the order of the calls. */
  write: boolean;
  /** When `close` is due, or `null`. A timer that is already armed may stay: `close` says when to come again. */
  closeAt: number | null;
}

export interface Admission extends Verdict, Closing {}

/**
 * All counters of one subject, durable ahead of use. Hits in quick succession reserve a step of units
 * which the snapshot holds as spent at the last moment they may be used, so whatever is restored after
 * a crash counts at least what was admitted, no earlier than it was: no rolling window is ever
 * over-admitted, and at most one step is wasted. If a snapshot cannot be made durable the ledger must
 * be thrown away. Times are whole ms; one that runs backwards counts as standing still.
 */
export class Ledger {
  /** What was spent before is unknown, and nobody has saved that yet. */
  damaged = false;
  private readonly tallies: Map<string, Tally>;
  private readonly meter: UsageMeter;
  private readonly reservations = new Reservations();
  private clock: number;
  private readonly lostAt: number | null;

  private constructor({ charges, meter, clock, lostAt }: Restored) {
    this.tallies = new Map(charges.map((charge) => [charge.policy.name, new Tally(charge)]));
    this.meter = meter;
    this.clock = clock;
    this.lostAt = lostAt;
  }

  /**
   * `null` starts empty. Bytes that no `snapshot()` gave tell nothing of what was spent, so everything
   * counts as spent `now`: every policy admits nobody for one window, and then as it always does. Such
   * a ledger is `damaged`: save it at once, or the window would begin anew with every restart.
   */
  static restore(snapshot: Uint8Array | null, now: number): Ledger {
    const restored = snapshot === null ? null : decodeLedger(snapshot, now);
    if (restored !== null) return new Ledger({ ...restored, clock: Math.max(restored.clock, now) });
    const lostAt = snapshot === null ? null : now;
    const ledger = new Ledger({ charges: [], meter: new UsageMeter(), clock: now, lostAt });
    ledger.damaged = lostAt !== null;
    return ledger;
  }

  /** Charges every policy or none. `cost` is a whole number ≥ 1. */
  admit(policies: readonly Policy[], cost: number, now: number): Admission {
    const at = this.advance(now);
    const asked = policies.map((policy) => this.tallyOf(policy, at));
    const verdict = decide(asked, cost, at);
    let write = false;
    if (verdict.admitted) {
      this.meter.add(1, at);
      write = !this.reservations.spend(asked, this.tallies.values(), cost, at);
    }
    return {
      admitted: verdict.admitted,
      limits: verdict.limits,
      violated: verdict.violated,
      shadowed: verdict.shadowed,
      retryAt: verdict.retryAt,
      write,
      closeAt: this.reservations.closeAt(),
    };
  }

  /** Where the subject stands, charging nothing. */
  limits(policies: readonly Policy[], now: number): LimitState[] {
    const at = this.advance(now);
    return policies.map((policy) => stateOf(this.tallyOf(policy, at), at));
  }

  /** Gives back what was reserved and not used. Called too early it only says when to come. */
  close(now: number): Closing {
    const closeAt = this.reservations.closeAt();
    if (closeAt === null || this.advance(now) < closeAt) return { write: false, closeAt };
    this.reservations.giveBack(this.tallies.values());
    return { write: true, closeAt: null };
  }

  /** What a crash at this moment must not lose, as one small row. */
  snapshot(): Uint8Array {
    for (const [name, tally] of this.tallies)
      if (tally.reserved === 0 && tally.counter.used(this.clock) === 0) this.tallies.delete(name);
    return encodeLedger({
      charges: [...this.tallies.values()],
      meter: this.meter,
      reservedRequests: this.reservations.requests,
      deadline: this.reservations.deadline,
      clock: this.clock,
      lostAt: this.lostAt,
    });
  }

  /** The running UTC month. */
  usage(now: number): Usage {
    return this.meter.current(this.advance(now));
  }

  /** Totals which nobody has confirmed by `flushed`: past months first, then the running one. */
  unflushed(now: number): Usage[] {
    return this.meter.unflushed(this.advance(now));
  }

  /** Needs no write of its own: to forget it only repeats a flush. */
  flushed(period: string, seq: number): void {
    this.meter.flushed(period, seq);
  }

  private advance(now: number): number {
    if (now > this.clock) this.clock = now;
    return this.clock;
  }

  private tallyOf(policy: Policy, now: number): Tally {
    const known = this.tallies.get(policy.name);
    if (known !== undefined) {
      known.configure(policy, now);
      return known;
    }
    const created = new Tally({ policy, counter: createCounter(policy) });
    if (this.lostAt !== null) created.counter.add(policy.limit, this.lostAt);
    this.tallies.set(policy.name, created);
    return created;
  }
}

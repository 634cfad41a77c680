import { newId } from "@luna/shared/id";
import type { Logger } from "@luna/shared/logger/logger";
import { err, ok, type Result } from "@luna/shared/rpc/result";

import { accountSlots } from "./account-slots.ts";
import {
  newClockState,
  nextLease,
  outcomeOf,
  type ClockState,
  type Lease,
  type Outcome,
} from "./clock-state.ts";
import type { Job } from "./jobs.ts";
import type { Command, Origin, Store } from "./store.ts";

/** Where a clock keeps its state: durable, and written before anything leaves the object. */
interface Memory {
  read(): ClockState | undefined;
  write(state: ClockState): void;
}

export interface ClockParts {
  job: Job;
  memory: Memory;
  store: Store;
  log: Logger;
}

/** What a turn decided: the run to do now, and whether another turn has work left. */
export interface Turn {
  lease: Lease | null;
  more: boolean;
}

/** The first alert comes here, once per streak: two failures may be a deploy. */
const ALERT_AFTER = 3;

/**
 * The rules of one job's clock. Every function here is one turn and must not run beside another
 * one of the same job; the Durable Object sees to that.
 */
export const createClock = ({ job, memory, store, log }: ClockParts) => {
  const read = (now: number): ClockState => {
    const { expression } = job.schedule;
    const known = memory.read() ?? newClockState(expression, now);
    // Slots of an expression that was not in force were never expected.
    return known.expression === expression ? known : { ...known, expression, through: now };
  };

  const write = (state: ClockState): ClockState => {
    memory.write(state);
    return state;
  };

  /** Ends the lease if its run has ended, and tells the ledger. */
  const settle = async (state: ClockState, now: number): Promise<ClockState> => {
    const { lease } = state;
    if (lease === null || lease.settled) return state;
    const outcome = outcomeOf(lease, now);
    if (outcome === null) return state;
    const recorded = await store.finish(job.name, lease, outcome);
    const failed = recorded && outcome.state !== "ok";
    const failures = outcome.state === "ok" ? 0 : state.failures + (failed ? 1 : 0);
    if (failed) {
      log.warn("job failed", { job: job.name, state: outcome.state, failure: outcome.error });
      if (failures === ALERT_AFTER)
        log.error("job failing", { job: job.name, failures, failure: outcome.error });
    }
    return write({ ...state, failures, lease: { ...lease, outcome, settled: true } });
  };

  /** The lease is written before the ledger is asked: a crash between leaves it to expire. */
  const claim = async (
    state: ClockState,
    slot: number,
    origin: Origin,
    now: number,
    command?: Command,
  ): Promise<{ state: ClockState; lease: Lease | null }> => {
    const lease = nextLease(state, job, { runId: newId(now), slot }, now);
    write({ ...state, lease });
    const lost: Outcome = { state: "lost", error: "the start was not confirmed", at: now };
    let claimed: boolean;
    try {
      claimed = await store.start(job.name, lease, origin, command);
    } catch (error) {
      // It may have been written. Whoever looks next settles it; it is never started now.
      write({ ...state, lease: { ...lease, outcome: lost } });
      throw error;
    }
    if (claimed) return { state: { ...state, lease }, lease };
    // Somebody had it before us: no run, and nothing to tell the ledger. The fence stays used.
    const idle = { ...lease, outcome: { ...lost, at: lease.from }, settled: true };
    return { state: write({ ...state, lease: idle }), lease: null };
  };

  /** Accounts for what has come due, and claims what should run. */
  const turn = async (now: number): Promise<Turn> => {
    const state = await settle(read(now), now);
    const { unstarted, start, through, more } = accountSlots(state, job, now);
    if (unstarted.length > 0) {
      await store.recordUnstarted(job.name, unstarted);
      log.warn("slots not run", {
        job: job.name,
        slots: unstarted.length,
        state: unstarted.at(-1)?.state,
      });
    }
    const claimed =
      start === null ? { state, lease: null } : await claim(state, start, "schedule", now);
    write({ ...claimed.state, through });
    return { lease: claimed.lease, more };
  };

  return {
    state: read,

    /** Makes sure there is a state, so that slots are expected from `now` on. */
    begin: (now: number): ClockState => write(read(now)),

    turn,

    /** Claims a run outside the schedule. */
    async startNow(now: number, command: Command): Promise<Result<Lease, "conflict">> {
      const state = await settle(read(now), now);
      if (state.lease !== null && !state.lease.settled) return err("conflict", "It is running.");
      const { lease } = await claim(state, now, "manual", now, command);
      return lease === null ? err("conflict", "This slot is taken.") : ok(lease);
    },

    /** Writes down how a run ended. A run whose lease is not the present one is too late. */
    async finish({ fence }: Lease, outcome: Outcome): Promise<void> {
      const state = read(outcome.at);
      const { lease } = state;
      if (lease === null || lease.fence !== fence || lease.settled) {
        log.warn("a run ended after its lease", { job: job.name, fence });
        return;
      }
      await settle(write({ ...state, lease: { ...lease, outcome } }), outcome.at);
    },

    /** The command is on record before it takes effect; what came due before is judged without it. */
    async setPaused(paused: boolean, now: number, command: Command): Promise<ClockState> {
      if (!paused && read(now).paused) while ((await turn(now)).more);
      await store.recordCommand(command, now);
      return write({ ...read(now), paused });
    },
  };
};

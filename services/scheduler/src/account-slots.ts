import type { ClockState, RunState } from "./clock-state.ts";
import type { Job } from "./jobs.ts";

/** Slots decided in one turn of the clock: one D1 statement of about 50 KB. */
const SLOTS_PER_TURN = 1_000;

/** Runs are kept for 90 days, so older slots are not written down either. */
export const RUN_RETENTION_MS = 90 * 24 * 60 * 60 * 1_000;

/** A slot that was not started, and why. */
export interface Unstarted {
  slot: number;
  state: Exclude<RunState, "running" | "ok" | "failed" | "lost">;
}

/** What a turn of the clock has to write down and to start. */
export interface Accounting {
  unstarted: Unstarted[];
  start: number | null;
  /** Every slot up to here is then accounted for. */
  through: number;
  /** More slots are due than one turn decides. */
  more: boolean;
}

const dueSlots = ({ through }: ClockState, job: Job, now: number) => {
  const slots: number[] = [];
  let slot = job.schedule.next(Math.max(through, now - RUN_RETENTION_MS));
  for (; slot <= now && slots.length < SLOTS_PER_TURN; slot = job.schedule.next(slot))
    slots.push(slot);
  return { slots, more: slot <= now };
};

const isHeld = ({ lease }: ClockState): boolean => lease !== null && !lease.settled;

/** Came due while a run was going on, whether that run still goes on or not. */
const overlaps = ({ lease }: ClockState, slot: number): boolean =>
  lease !== null && slot > lease.from && (!lease.settled || slot <= (lease.outcome?.at ?? 0));

/** With `none` and `latest`: only the newest slot can start, and what it is instead if it cannot. */
const judge = (state: ClockState, job: Job, slot: number, newest: boolean, now: number) => {
  if (state.paused) return "paused";
  if (overlaps(state, slot)) return "skipped_overlap";
  const latest = job.catchUp.kind === "latest";
  if (!newest || !(latest || now - slot <= job.graceMs))
    return latest ? "skipped_catchup" : "missed";
  return isHeld(state) ? "skipped_overlap" : "start";
};

/**
 * Decides every slot that has come due since the last turn. Slots are taken oldest first and each
 * exactly once: `through` only rises, and rises past a slot only together with its fate.
 */
export const accountSlots = (state: ClockState, job: Job, now: number): Accounting => {
  const { slots, more } = dueSlots(state, job, now);
  const turn: Accounting = { unstarted: [], start: null, through: state.through, more };
  for (const [index, slot] of slots.entries()) {
    if (job.catchUp.kind === "all" && !state.paused) {
      const tooOld = now - slot > job.catchUp.windowMs;
      if (!tooOld && isHeld(state)) return { ...turn, more: false };
      if (!tooOld) return { ...turn, start: slot, through: slot, more: true };
      turn.unstarted.push({ slot, state: "missed" });
    } else {
      const newest = !more && index === slots.length - 1;
      const fate = judge(state, job, slot, newest, now);
      if (fate === "start") turn.start = slot;
      else turn.unstarted.push({ slot, state: fate });
    }
    turn.through = slot;
  }
  return turn;
};

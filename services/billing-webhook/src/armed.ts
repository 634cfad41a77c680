import type { Armed } from "@luna/shared/outbox/outbox";

/**
 * An armed sweeper looks again for at least 15 s (see `@luna/shared/outbox/sweeper`). What a request
 * writes comes at most these 5 s and D1's deadline of 5 s later, so its alarm stands before its
 * acknowledgement without a call to the object.
 */
const REMEMBER_MS = 5_000;

/** When this isolate last knew the sweeper to be armed; lost with the isolate, at no harm. */
export interface ArmMemory {
  armedAt: number;
}
export const NEVER_ARMED: Readonly<ArmMemory> = { armedAt: 0 };

/** A sweeper that is not asked again within five seconds of having said yes. */
export const rememberArmed = (
  sweeper: Armed,
  memory: ArmMemory,
  clock: () => number = Date.now,
): Armed => ({
  async arm() {
    const now = clock();
    // A clock that was set back must not make the memory last longer.
    if (now >= memory.armedAt && now - memory.armedAt < REMEMBER_MS) return;
    await sweeper.arm();
    // The time before the call: the object's own count begins later, never earlier.
    memory.armedAt = Math.max(memory.armedAt, now);
  },
});

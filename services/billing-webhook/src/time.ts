import * as v from "valibot";

/** A time in an answer: RFC 3339, UTC. */
export const Time = v.pipe(v.string(), v.isoTimestamp());
export const NullableTime = v.nullable(Time);

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

import * as v from "valibot";

const DAY_LENGTH = "2030-01-01".length;

/** JavaScript makes 2 March of 31 February and nothing at all of the zone `+01`. */
export const isMoment = (text: string): boolean => {
  if (Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, DAY_LENGTH);
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
};

/** RFC 3339, and a day that its month has. */
export const Moment = v.pipe(v.string(), v.isoTimestamp(), v.check(isMoment, "is not a moment"));

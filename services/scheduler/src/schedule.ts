import { Cron } from "croner";

/** When a job is due: five Unix cron fields, always UTC. */
export interface Schedule {
  expression: string;
  /** The first slot after `time`; both in ms. */
  next(time: number): number;
}

const WEEKDAY = "(?:SUN|MON|TUE|WED|THU|FRI|SAT)";

/**
 * Weekdays by name only. `1` is Monday to Unix and Sunday to Cloudflare, so a digit copied from
 * one to the other moves a job by a day and nobody notices.
 */
const WEEKDAYS = new RegExp(`^(?:\\*|${WEEKDAY}(?:-${WEEKDAY})?(?:,${WEEKDAY}(?:-${WEEKDAY})?)*)$`);

/** No `L`, `W`, `#` or `?`: every cron dialect reads these four fields alike without them. */
const NUMBERS = /^[\d*,/-]+$/;

/** Reads a cron expression; throws for one that is malformed or that dialects read differently. */
export const scheduleOf = (expression: string): Schedule => {
  const fields = expression.split(" ");
  const weekday = fields.at(-1) ?? "";
  if (fields.length !== 5) throw new Error(`"${expression}" does not have five fields`);
  if (!fields.slice(0, 4).every((field) => NUMBERS.test(field)))
    throw new Error(`"${expression}" uses more than numbers, "*", "," "-" and "/"`);
  if (!WEEKDAYS.test(weekday))
    throw new Error(`"${expression}" must name its weekdays, such as SUN or MON-FRI`);
  const cron = new Cron(expression, { mode: "5-part", utcOffset: 0 });
  return {
    expression,
    next(time) {
      const next = cron.nextRun(new Date(time));
      if (next === null) throw new Error(`"${expression}" is never due`);
      return next.getTime();
    },
  };
};

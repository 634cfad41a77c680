import { Complaint } from "../settings.ts";

/** A day, or a time with its zone: anything else means something else on another machine. */
const MOMENT =
  /^(?<day>\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** As the API takes it; a day begins at midnight UTC. JavaScript alone makes 2 March of 31 February. */
export const moment = (option: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const time = new Date(text);
  const { day = "" } = MOMENT.exec(text)?.groups ?? {};
  const real =
    day !== "" && !Number.isNaN(time.getTime()) && new Date(day).toISOString().startsWith(day);
  if (!real) throw new Complaint(`--${option} ${text} is not a time.`);
  return time.toISOString();
};

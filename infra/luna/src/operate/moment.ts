import { isMoment } from "@luna/shared/moment";

import { Complaint } from "../settings.ts";

/** A day, or a time with its zone: anything else means something else on another machine. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** As the API takes it; a day begins at midnight UTC. */
export const moment = (option: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (!MOMENT.test(text) || !isMoment(text))
    throw new Complaint(`--${option} ${text} is not a time.`);
  return new Date(text).toISOString();
};

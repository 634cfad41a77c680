import { Complaint } from "../settings.ts";
import { printApi } from "./call-api.ts";
import { moment } from "./moment.ts";

const MAIL = "/v1/admin/mail";

/** Which mails are meant, as typed. */
export interface MailOptions {
  state?: string;
  template?: string;
  to?: string;
  since?: string;
  until?: string;
  limit?: string;
}

const conditionsOf = ({ state, template, to, since, until }: MailOptions) => ({
  state,
  template,
  to,
  since: moment("since", since),
  until: moment("until", until),
});

export const list = ({ limit, cursor, ...options }: MailOptions & { cursor?: string }) =>
  printApi({ method: "GET", path: MAIL, query: { ...conditionsOf(options), limit, cursor } });

export const show = (id: string): Promise<number> =>
  printApi({ method: "GET", path: `${MAIL}/${encodeURIComponent(id)}` });

/** Changes the mails named, or all that fit the conditions; says which and how many there are. */
export const change = (
  verb: "retry" | "release" | "drop",
  ids: readonly string[],
  { limit, dryRun, ...options }: MailOptions & { dryRun: boolean },
): Promise<number> => {
  const conditions = { ...conditionsOf(options), ids: ids.length === 0 ? undefined : ids };
  if (Object.values(conditions).every((value) => value === undefined))
    throw new Complaint("Name mails, or --state, --template, --to, --since or --until.");
  // What is undefined is left out of the JSON.
  const body = { ...conditions, limit: limit === undefined ? undefined : Number(limit), dryRun };
  return printApi({ method: "POST", path: `${MAIL}/${verb}`, body });
};

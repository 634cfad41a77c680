import { PageQuery } from "@luna/shared/http/cursor";
import { Moment } from "@luna/shared/moment";
import { TEMPLATE_NAMES } from "@luna/shared/rpc/mailer";
import * as v from "valibot";

import { parseAddress } from "./address.ts";
import { MAIL_STATES } from "./settle.ts";

const Time = v.pipe(
  Moment,
  v.transform((text) => Date.parse(text)),
);
export const MailId = v.pipe(v.string(), v.regex(/^[a-z0-9]{1,64}$/));

const conditions = {
  state: v.optional(v.picklist(MAIL_STATES)),
  template: v.optional(v.picklist(TEMPLATE_NAMES)),
  /** The recipient's address, in any case; its domain in either of its forms. */
  to: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.minLength(3),
      v.maxLength(254),
      v.transform((text) => parseAddress(text) ?? text),
    ),
  ),
  /** When it was accepted, from and before. */
  since: v.optional(Time),
  until: v.optional(Time),
};

export const MailQuery = v.strictObject({ ...PageQuery.entries, ...conditions });
export type MailQuery = v.InferOutput<typeof MailQuery>;

/** A call changes this many at most, so that it stays short; whoever has more calls again. */
const MAX_CHANGES = 500;
const CHANGES = 100;

const some = (condition: object): boolean =>
  Object.values(condition).some((value) => value !== undefined);

/** Which mails an operator means. Nobody means all there are without saying anything of them. */
export const MailSelection = v.pipe(
  v.strictObject({
    ...conditions,
    ids: v.optional(v.pipe(v.array(MailId), v.minLength(1), v.maxLength(MAX_CHANGES))),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHANGES)),
      CHANGES,
    ),
    /** Only tells which mails it would be. */
    dryRun: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ limit: _limit, dryRun: _dryRun, ...said }) => some(said),
    "must name ids, state, template, to, since or until",
  ),
);
export type MailSelection = v.InferOutput<typeof MailSelection>;

export type MailConditions = Pick<
  MailSelection,
  "state" | "template" | "to" | "since" | "until" | "ids"
>;

/** What came of it. */
export const BulkReport = v.strictObject({
  /** Mails that are meant and may be changed so, before this call. */
  matched: v.number(),
  /** Of them, those that this call changed: the oldest `limit`. */
  changed: v.number(),
  /** Which those are; with `dryRun`, which they would be. */
  ids: v.array(v.string()),
});

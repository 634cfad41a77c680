import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

import { DUE_AGAIN } from "./bulk-store.ts";
import { recording } from "./event-store.ts";
import type { Outcome } from "./outcome.ts";
import type { ProviderEvent } from "./provider-event.ts";
import { PAUSED, type Settlement } from "./settle.ts";

/** What an attempt came to, and what that makes of its mail. */
export interface Result {
  id: string;
  fence: number;
  /** Its reader's, in the form of the suppression list; `null` for no valid one. */
  address: string | null;
  outcome: Outcome;
  settlement: Settlement;
}

const flat = ({ id, fence, outcome, settlement }: Result) => ({
  id,
  fence,
  class: outcome.class,
  code: outcome.code,
  detail: outcome.detail,
  providerId: outcome.class === "sent" ? outcome.providerId : null,
  state: settlement.state,
  nextAt: settlement.nextAt,
  attempts: settlement.attempts,
  reason: settlement.reason,
});

/** What the server said of an address, in the words in which a provider would have told it later. */
const bounceOf = ({ id, fence, address, outcome }: Result, now: number): ProviderEvent[] =>
  outcome.class !== "permanent" || outcome.bounce === null
    ? []
    : [
        {
          id: `smtp:${id}:${fence}`,
          mailId: id,
          kind: outcome.bounce,
          address,
          at: now,
          detail: outcome.detail,
        },
      ];

/** A template resumed while mails were in hand has let go only those that were held by then. */
const letGo = (results: readonly Result[], now: number): Sql => sql`
  UPDATE mails SET ${DUE_AGAIN(now)}
  WHERE id IN (SELECT value FROM json_each(${JSON.stringify(results.map(({ id }) => id))}))
    AND +state = 'held' AND reason = ${PAUSED}
    AND template NOT IN (SELECT template FROM paused_templates)`;

/**
 * Writes what attempts came to, and returns the ids of those whose claim was still ours: for any
 * other nothing is written, but what the server said of an address holds whoever asked it.
 */
// `+` keeps the planner from walking all mails of a state instead of these few by their keys.
export const settleResults = async (
  db: Database,
  results: readonly Result[],
  now: number,
): Promise<ReadonlySet<string>> => {
  const said = sql`json_each(${JSON.stringify(results.map(flat))}) AS said`;
  const bounces = results.flatMap((result) => bounceOf(result, now));
  const [, written] = await db.batch([
    sql`
      UPDATE attempts SET ended_at = ${now}, class = said.value ->> 'class',
        code = said.value ->> 'code', detail = said.value ->> 'detail'
      FROM ${said} JOIN mails ON mails.id = said.value ->> 'id'
      WHERE +mails.state = 'sending' AND mails.fence = said.value ->> 'fence'
        AND mail_id = mails.id AND n = mails.fence`,
    // A dead or held mail waits for an operator and keeps its sealed variables until it expires.
    sql`
      UPDATE mails SET state = said.value ->> 'state', next_at = said.value ->> 'nextAt',
        attempts = said.value ->> 'attempts', reason = said.value ->> 'reason', claim = NULL,
        updated_at = ${now}, provider_id = said.value ->> 'providerId',
        ambiguous = ambiguous + (said.value ->> 'class' = 'ambiguous'),
        sealed = CASE WHEN said.value ->> 'state' IN ('retry', 'dead', 'held') OR sealed = '{}'
                 THEN sealed END,
        ended_at = CASE WHEN said.value ->> 'state' <> 'retry' THEN ${now} END
      FROM ${said}
      WHERE mails.id = said.value ->> 'id' AND mails.fence = said.value ->> 'fence'
        AND +mails.state = 'sending'
      RETURNING mails.id`,
    ...(results.some(({ settlement }) => settlement.reason === PAUSED)
      ? [letGo(results, now)]
      : []),
    ...(bounces.length > 0 ? recording(bounces, now) : []),
  ]);
  return new Set((written?.rows ?? []).map(({ id }) => String(id)));
};

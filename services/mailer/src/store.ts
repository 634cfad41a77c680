import type { Database } from "@luna/shared/d1/database";
import { sql } from "@luna/shared/d1/sql";
import { newId } from "@luna/shared/id";
import type { MailIntent } from "@luna/shared/rpc/mailer";
import type { Trace } from "@luna/shared/trace";

import { parseAddress } from "./address.ts";

/** States of a mail that is still on its way. */
const OPEN = sql`state IN ('queued', 'sending', 'retry')`;

/** What an intent is written down as. */
const rowOf = (intent: MailIntent, now: number) => ({
  id: newId(now),
  key: intent.key,
  template: intent.template,
  locale: intent.locale,
  recipient: intent.to,
  address: parseAddress(intent.to)?.toLowerCase() ?? null,
  vars: JSON.stringify(intent.vars),
  sealed: JSON.stringify(intent.sealed),
  userId: intent.userId,
  expiresAt: intent.expiresAt,
});

/** The ledger as those see it who put mails in. */
export const ledger = (db: Database) => ({
  /** Writes all or none, in one statement, and returns the ids of those that are new. */
  async insert(intents: readonly MailIntent[], trace: Trace, now: number): Promise<string[]> {
    const { rows } = await db.write(sql`
      INSERT INTO mails (id, key, template, locale, recipient, address, vars, sealed, user_id,
                         expires_at, next_at, trace, accepted_at, updated_at)
      SELECT value ->> 'id', value ->> 'key', value ->> 'template', value ->> 'locale',
             value ->> 'recipient', value ->> 'address', value ->> 'vars', value ->> 'sealed',
             value ->> 'userId', value ->> 'expiresAt', ${now}, ${JSON.stringify(trace)}, ${now},
             ${now}
      FROM json_each(${JSON.stringify(intents.map((intent) => rowOf(intent, now)))})
      WHERE TRUE
      ON CONFLICT (key) DO NOTHING
      RETURNING id`);
    return rows.map(({ id }) => String(id));
  },

  /** When the next mail is due, in milliseconds since 1970; `null` when none is on its way. */
  async nextDue(): Promise<number | null> {
    const row = await db.first<{ at: number | null }>(
      sql`SELECT MIN(next_at) AS at FROM mails INDEXED BY mails_due WHERE ${OPEN}`,
    );
    return row?.at ?? null;
  },
});
export type Ledger = ReturnType<typeof ledger>;

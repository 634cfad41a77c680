import { auditRow } from "@luna/shared/audit";
import type { Database } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";
import type { TemplateName } from "@luna/shared/rpc/mailer";
import type { Trace } from "@luna/shared/trace";

import { DUE_AGAIN } from "./bulk-store.ts";
import { PAUSED } from "./settle.ts";
import type { TransportName } from "./transport.ts";

/** Who changes something, and when. */
interface Change {
  actor: string;
  trace: Trace;
  now: number;
}

/** How many mails are in a state, for one reason. */
interface Count {
  state: string;
  reason: string | null;
  mails: number;
}

/** What operators set, and what they see first. */
export const settingsStore = (db: Database) => ({
  /** Sends all mail through this transport from now on. */
  async chooseTransport(transport: TransportName, { actor, trace, now }: Change): Promise<void> {
    const detail = { transport };
    await db.batch([
      sql`
        INSERT INTO settings (name, value, updated_at) VALUES ('transport', ${transport}, ${now})
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
      auditRow({ actor, action: "transport.chosen", subject: "mailer", detail }, trace, now),
    ]);
  },

  /** Mails of this template are held as they come due. `false` when it was paused before. */
  async pause(template: TemplateName, { actor, trace, now }: Change): Promise<boolean> {
    const [paused] = await db.batch([
      sql`INSERT INTO paused_templates (template, paused_at) VALUES (${template}, ${now})
          ON CONFLICT (template) DO NOTHING`,
      auditRow({ actor, action: "template.paused", subject: template }, trace, now, CHANGED),
    ]);
    return paused?.changes === 1;
  },

  /** Makes the mails due that the pause has held. Returns how many, or `null` if there was no pause. */
  async resume(template: TemplateName, { actor, trace, now }: Change): Promise<number | null> {
    const [resumed, , released] = await db.batch([
      sql`DELETE FROM paused_templates WHERE template = ${template}`,
      auditRow({ actor, action: "template.resumed", subject: template }, trace, now, CHANGED),
      sql`
        UPDATE mails SET ${DUE_AGAIN(now)}
        WHERE state = 'held' AND reason = ${PAUSED} AND template = ${template}
          AND sealed IS NOT NULL`,
    ]);
    return resumed?.changes === 1 ? (released?.changes ?? 0) : null;
  },

  /** Every mail there is, counted, and what operators have set. */
  async summary() {
    const [counts, oldest, paused, chosen] = await db.batch([
      sql`SELECT state, reason, COUNT(*) AS mails FROM mails GROUP BY state, reason`,
      sql`SELECT MIN(accepted_at) AS at FROM mails WHERE state IN ('queued', 'sending', 'retry')`,
      sql`SELECT template FROM paused_templates ORDER BY template`,
      sql`SELECT value FROM settings WHERE name = 'transport'`,
    ]);
    return {
      counts: (counts?.rows ?? []) as unknown as Count[],
      oldestAt: (oldest?.rows[0]?.["at"] ?? null) as number | null,
      paused: (paused?.rows ?? []).map(({ template }) => String(template)),
      chosen: (chosen?.rows[0]?.["value"] ?? null) as string | null,
    };
  },
});
export type SettingsStore = ReturnType<typeof settingsStore>;

const CHANGED: Sql = sql`changes() > 0`;

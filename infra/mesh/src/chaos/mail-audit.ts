import { rows } from "./d1-file.ts";
import { workedOff } from "./worked-off.ts";

/** A mail as the ledger ends up with it. */
interface LedgerMail {
  id: string;
  key: string;
  state: string;
  reason: string | null;
  ambiguous: number;
}

export interface MailAudit {
  /** Accepted, and neither delivered nor accounted for. */
  lost: number;
  /** Copies at the sink that no attempt of unknown outcome explains. */
  unexplainedDuplicates: number;
  /** Mails without an end, without a reason, or whose end the sink contradicts. */
  unbalanced: number;
  /** Copies that such attempts do explain. */
  explainedDuplicates: number;
  byState: Record<string, number>;
}

const ENDS = new Set(["sent", "suppressed", "failed", "dead", "expired", "held"]);

/** A claim whose holder was killed runs out after 20 s; a mail may meet several kills. */
const STANDSTILL_MS = 240_000;

/** Waits until every mail of the ledger has ended, or until none does any more. */
export const atRest = (ledger: string): Promise<boolean> =>
  workedOff(
    () =>
      rows<{ n: number }>(
        ledger,
        "SELECT count(*) AS n FROM mails WHERE state IN ('queued', 'sending', 'retry')",
      )[0]?.n ?? 0,
    STANDSTILL_MS,
  );

const arrivals = async (sinkPort: number): Promise<Map<string, number>> => {
  const response = await fetch(`http://127.0.0.1:${sinkPort}/api/messages`);
  const copies = new Map<string, number>();
  for (const { headers } of await response.json<{ headers: Record<string, string> }[]>()) {
    const id = headers["x-mail-id"] ?? "";
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  return copies;
};

/** Holds what was accepted against the ledger, and the ledger against what arrived. */
export const auditMail = async (
  ledger: string,
  sinkPort: number,
  accepted: readonly { key: string }[],
): Promise<MailAudit> => {
  const mails = rows<LedgerMail>(ledger, "SELECT id, key, state, reason, ambiguous FROM mails");
  const byKey = new Map(mails.map((mail) => [mail.key, mail]));
  const copies = await arrivals(sinkPort);
  const audit: MailAudit = {
    lost: 0,
    unexplainedDuplicates: 0,
    unbalanced: 0,
    explainedDuplicates: 0,
    byState: {},
  };
  for (const { key } of accepted) {
    const mail = byKey.get(key);
    const arrived = copies.get(mail?.id ?? "") ?? 0;
    if (mail === undefined || (mail.state === "sent" && arrived === 0)) audit.lost += 1;
    if (mail === undefined) continue;
    const { state, reason, ambiguous } = mail;
    audit.byState[state] = (audit.byState[state] ?? 0) + 1;
    const open = !ENDS.has(state);
    // A refused mail that arrived all the same is in the books only if its outcome was in doubt.
    const contradicted = state !== "sent" && !open && arrived > 0 && ambiguous === 0;
    if (open || (state !== "sent" && (reason ?? "") === "") || contradicted) audit.unbalanced += 1;
    const extra = Math.max(0, arrived - 1);
    audit.explainedDuplicates += Math.min(extra, ambiguous);
    audit.unexplainedDuplicates += Math.max(0, extra - ambiguous);
  }
  // Mails nobody asked for, and ends that do not add up.
  const ended = mails.filter(({ state }) => ENDS.has(state)).length;
  audit.unbalanced += Math.abs(mails.length - accepted.length) + (mails.length - ended);
  return audit;
};

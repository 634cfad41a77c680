import { reply, type Reply } from "@luna/shared/http/reply";

import type { Circuit } from "./circuit.ts";
import type { MailerContext } from "./context.ts";
import { MAIL_STATES } from "./settle.ts";
import { TRANSPORTS } from "./transport.ts";

const SENT_OR_COMING = new Set<string>(["sent", "queued", "sending", "retry"]);

const time = (ms: number): string => new Date(ms).toISOString();

const circuitOf = ({ open }: Circuit) =>
  open === null
    ? { circuit: "closed", reason: null, since: null, nextProbeAt: null }
    : {
        circuit: "open",
        reason: open.code,
        since: time(open.since),
        nextProbeAt: time(open.probeAt),
      };

/** Where every accepted mail is, and whether mail flows. */
export const summarizeMail = async (
  _input: unknown,
  { settings, circuits, transportOf, now }: MailerContext,
): Promise<Reply> => {
  const [{ counts, oldestAt, paused, chosen }, known] = await Promise.all([
    settings.summary(),
    circuits(),
  ]);
  const active = transportOf(chosen);
  const mailsIn = (wanted: string): number =>
    counts.reduce((sum, { state, mails }) => (state === wanted ? sum + mails : sum), 0);
  return reply(200, {
    accepted: counts.reduce((sum, { mails }) => sum + mails, 0),
    states: Object.fromEntries(MAIL_STATES.map((state) => [state, mailsIn(state)])),
    reasons: counts
      .filter(({ state }) => !SENT_OR_COMING.has(state))
      // An end without a reason would be a bug of ours, and must show.
      .map(({ state, reason, mails }) => ({ state, reason: reason ?? "unexplained", mails })),
    oldestWaitingSeconds: oldestAt === null ? null : Math.max(0, now - oldestAt) / 1_000,
    transports: TRANSPORTS.map((transport) => ({
      transport,
      active: transport === active,
      ...circuitOf(known[transport]),
    })),
    pausedTemplates: paused,
  });
};

import * as v from "valibot";

import { parseAddress } from "./address.ts";
import { detailOf } from "./outcome.ts";
import type { SuppressionReason } from "./suppression.ts";

/** What an event means to us, whatever the provider calls it. */
type EventKind =
  | "processed"
  | "deferred"
  | "delivered"
  | "dropped"
  | "soft_bounce"
  | "resubscribe"
  | Exclude<SuppressionReason, "soft_bounces">;

/** Something that happened to a mail after the provider had taken it. */
export interface ProviderEvent {
  id: string;
  /** Ours, as `custom_args` brought it back; `null` for a mail that is not from here. */
  mailId: string | null;
  kind: EventKind;
  address: string | null;
  /** Milliseconds since 1970, by the provider's clock. */
  at: number;
  detail: string;
}

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: what we read of it. */
const SendGridEvent = v.object({
  sg_event_id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  event: v.string(),
  timestamp: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e11)),
  email: v.optional(v.string(), ""),
  mail_id: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9]{1,64}$/))), undefined),
  type: v.fallback(v.optional(v.string(), ""), ""),
  status: v.fallback(v.optional(v.string(), ""), ""),
  reason: v.fallback(v.optional(v.string(), ""), ""),
});
type SendGridEvent = v.InferOutput<typeof SendGridEvent>;

/** What the provider does not even try, because of its own list, belongs on ours. */
const DROPPED: readonly (readonly [RegExp, EventKind])[] = [
  [/^(?:bounced address|invalid)/i, "hard_bounce"],
  [/^spam reporting address/i, "complaint"],
  [/^unsubscribed address/i, "unsubscribe"],
];

const KINDS: Readonly<Record<string, (event: SendGridEvent) => EventKind>> = {
  processed: () => "processed",
  deferred: () => "deferred",
  delivered: () => "delivered",
  // `blocked` is a refusal of the moment, not of the address.
  bounce: ({ type }) => (type === "blocked" ? "soft_bounce" : "hard_bounce"),
  dropped: ({ reason }) => DROPPED.find(([pattern]) => pattern.test(reason))?.[1] ?? "dropped",
  spamreport: () => "complaint",
  unsubscribe: () => "unsubscribe",
  group_unsubscribe: () => "unsubscribe",
  group_resubscribe: () => "resubscribe",
};

/** One event, or `null` for what tells us nothing: opens, clicks, kinds of tomorrow. */
const eventOf = (item: unknown): ProviderEvent | null => {
  const parsed = v.safeParse(SendGridEvent, item);
  if (!parsed.success) return null;
  const event = parsed.output;
  const kind = Object.hasOwn(KINDS, event.event) ? KINDS[event.event]?.(event) : undefined;
  if (kind === undefined) return null;
  return {
    id: event.sg_event_id,
    mailId: event.mail_id ?? null,
    kind,
    address: parseAddress(event.email)?.toLowerCase() ?? null,
    at: event.timestamp * 1_000,
    detail: detailOf(`${event.status} ${event.reason}`),
  };
};

/** The events of one delivery and how many items told us nothing; `null` when it is no list. */
export const parseEvents = (json: unknown): { events: ProviderEvent[]; skipped: number } | null => {
  if (!Array.isArray(json)) return null;
  const events = json.map(eventOf).filter((event) => event !== null);
  return { events, skipped: json.length - events.length };
};

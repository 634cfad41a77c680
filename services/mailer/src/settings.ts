import { pageOf, PageQuery } from "@luna/shared/http/cursor";
import { TEMPLATE_NAMES } from "@luna/shared/rpc/mailer";
import * as v from "valibot";

import { MAIL_STATES } from "./settle.ts";
import { SUPPRESSION_REASONS } from "./suppression.ts";
import { TRANSPORTS } from "./transport.ts";

const Time = v.pipe(v.string(), v.isoTimestamp());
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

const Circuit = v.strictObject({
  transport: v.picklist(TRANSPORTS),
  active: v.boolean(),
  /** `open`: no mail goes out this way but a probe. */
  circuit: v.picklist(["closed", "open"]),
  /** The code that opened it: `http_401`. */
  reason: v.nullable(v.string()),
  since: v.nullable(Time),
  nextProbeAt: v.nullable(Time),
});

/** Every mail ever accepted and not yet forgotten, in exactly one of the states. */
export const MailSummary = v.strictObject({
  /** The sum of all states. */
  accepted: Count,
  states: v.strictObject(
    Object.fromEntries(MAIL_STATES.map((state) => [state, Count])) as Record<
      (typeof MAIL_STATES)[number],
      typeof Count
    >,
  ),
  /** Why mails that have ended are not sent. */
  reasons: v.array(
    v.strictObject({ state: v.picklist(MAIL_STATES), reason: v.string(), mails: Count }),
  ),
  /** How long the oldest mail on its way has been so; `null` when none is. */
  oldestWaitingSeconds: v.nullable(v.number()),
  transports: v.array(Circuit),
  pausedTemplates: v.array(v.string()),
});

export const TransportChoice = v.strictObject({ transport: v.picklist(TRANSPORTS) });

export const TemplateParams = v.object({
  template: v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,64}$/i)),
});
export const TemplatePause = v.strictObject({ paused: v.boolean() });
export const TemplateState = v.strictObject({
  template: v.picklist(TEMPLATE_NAMES),
  paused: v.boolean(),
  /** Held mails that this call has made due. */
  released: Count,
});

const Address = v.pipe(v.string(), v.trim(), v.minLength(3), v.maxLength(254));

export const SuppressionQuery = v.strictObject({
  ...PageQuery.entries,
  address: v.optional(Address),
});
export const SuppressionPage = pageOf(
  v.strictObject({
    address: v.string(),
    reason: v.picklist(SUPPRESSION_REASONS),
    /** `null` for ever. */
    until: v.nullable(Time),
    createdAt: Time,
  }),
);
/** In a body, because an address in a path would end up in logs. */
export const SuppressedAddress = v.strictObject({ address: Address });
export const SuppressionsLifted = v.strictObject({ lifted: Count });

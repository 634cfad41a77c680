import type { Database } from "@luna/shared/d1/database";
import { within } from "@luna/shared/deadline";
import type { Deliver, Effect } from "@luna/shared/outbox/outbox";
import type { MailerForServices } from "@luna/shared/rpc/mailer";
import { err, type Result } from "@luna/shared/rpc/result";
import type { UsersForBilling } from "@luna/shared/rpc/users";
import type { Trace } from "@luna/shared/trace";
import * as v from "valibot";

import type { Config } from "./env.ts";
import type { LemonSqueezy } from "./lemonsqueezy/client.ts";
import { mailClaim } from "./mail-claim.ts";
import { NOTICES } from "./mail-notices.ts";
import { findSubscription } from "./subscription-store.ts";
import { tierOf } from "./variants.ts";

export interface Receivers {
  users: UsersForBilling;
  mailer: MailerForServices;
  db: Database;
  config: Pick<Config, "LEMONSQUEEZY_VARIANTS" | "APP_URL" | "API_URL">;
  lemonSqueezy: Pick<LemonSqueezy, "fetchObject">;
  clock: () => number;
}

/** A receiver that hangs must not hold up the sweep, nor outlast the 5 s lease of the outbox row. */
const DEADLINE_MS = 4_000;

type Delivered = Result<null, "unavailable" | "refused">;

/** A receiver that calls our input invalid will do so every time. */
const asDelivered = (
  result: Result<null, "refused" | "invalid_input" | "unavailable">,
): Delivered =>
  result.ok || result.code !== "invalid_input"
    ? (result as Delivered)
    : err("refused", `${result.code} ${result.detail}`);

/** Tells users the newest state, so that an old row delivered late still tells the truth. */
const announceSubscription = async (
  { users, db, config }: Receivers,
  id: string,
  trace: Trace,
): Promise<Delivered> => {
  const subscription = await findSubscription(db, id);
  if (subscription === null) return err("refused", "the subscription is gone");
  const { owner, status, pause, renewsAt, endsAt, epoch, seq, variantId } = subscription;
  const tier = tierOf(variantId, config.LEMONSQUEEZY_VARIANTS);
  return asDelivered(
    await users.applySubscription(
      {
        provider: "lemonsqueezy",
        providerId: id,
        owner,
        tier,
        status,
        pause,
        renewsAt,
        endsAt,
        epoch,
        seq,
      },
      trace,
    ),
  );
};

const Named = v.object({ id: v.string() });

const deliver = async (
  receivers: Receivers,
  { effect, key, payload }: Effect,
  trace: Trace,
): Promise<Delivered> => {
  if (effect === "users.subscription")
    return announceSubscription(receivers, v.parse(Named, payload).id, trace);
  if (effect === "mail.claim")
    return asDelivered(await mailClaim(receivers, { key, payload }, trace));
  const mail = NOTICES[effect];
  return mail === undefined
    ? err("refused", "no such effect")
    : asDelivered(await mail(receivers, payload, key, trace));
};

/** What the outbox rows of this service mean. Each names an object; its state is read at delivery. */
export const deliverEffect =
  (receivers: Receivers): Deliver =>
  (effect, trace) =>
    within<Delivered>(DEADLINE_MS, deliver(receivers, effect, trace), () =>
      err("unavailable", "no answer in time"),
    );

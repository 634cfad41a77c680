import * as v from "valibot";

import { PAID_TIERS, SUBSCRIPTION_STATUSES } from "../plans.ts";
import type { Trace } from "../trace.ts";
import { SCOPES } from "./caller.ts";
import type { ServiceDoor } from "./door.ts";
import type { Result } from "./result.ts";

/** users, as the gateway sees it. */
export interface UsersForGateway extends ServiceDoor {
  /** Tells the user's Subject of the user again, after it answered `unknown_subject`. */
  heal(userId: string, trace: Trace): Promise<Result<null, "not_found" | "unavailable">>;
}

/** A verified account, told to users by auth exactly once per account. */
export const NewUser = v.object({
  userId: v.string(),
  email: v.string(),
  name: v.string(),
  locale: v.string(),
  /** Durable Object location hint of the first sign-up request, or `null`. */
  region: v.nullable(v.string()),
  createdAt: v.number(),
});
export type NewUser = v.InferOutput<typeof NewUser>;

export interface UsersForAuth {
  /** Creates the user and its usage row together. Idempotent by `userId`. */
  createUser(user: NewUser, trace: Trace): Promise<Result<null, "invalid_input" | "unavailable">>;

  /** Hands facts to the user's Subject; resolves when they are durable there. Idempotent. */
  pushToSubject(
    userId: string,
    pushes: SubjectPush[],
    trace: Trace,
  ): Promise<Result<null, "invalid_input" | "unavailable">>;

  /** Sets the address others see and write to, unless a newer one is known. */
  changeEmail(
    change: EmailChange,
    trace: Trace,
  ): Promise<Result<null, "invalid_input" | "unavailable">>;

  contactOf(userId: string, trace: Trace): Promise<Result<Contact, "not_found" | "unavailable">>;
}

/** An address that auth has verified for an account; `(epoch, seq)` as of the account's row. */
export const EmailChange = v.object({
  userId: v.string(),
  email: v.string(),
  epoch: v.number(),
  seq: v.number(),
});
export type EmailChange = v.InferOutput<typeof EmailChange>;

const Time = v.nullable(v.number());

/** One subscription as users needs it, whatever the provider calls its parts. Times in ms. */
export const SubscriptionState = v.object({
  provider: v.literal("lemonsqueezy"),
  providerId: v.string(),
  owner: v.object({ kind: v.picklist(["user", "team"]), id: v.string() }),
  /** `null` when the bought variant maps to no plan of ours. */
  tier: v.nullable(v.picklist(PAID_TIERS)),
  status: v.picklist(SUBSCRIPTION_STATUSES),
  /** How a paused subscription treats access; `null` unless paused. */
  pause: v.nullable(v.picklist(["void", "free"])),
  renewsAt: Time,
  endsAt: Time,
  /** Rises with every change of this subscription within one `epoch`; lower is ignored. */
  epoch: v.number(),
  seq: v.number(),
});
export type SubscriptionState = v.InferOutput<typeof SubscriptionState>;

/** How to reach the person behind an account. */
export interface Contact {
  email: string;
  name: string;
  locale: string;
  /** IANA name. */
  timezone: string;
}

export interface UsersForBilling {
  /** Stores the state unless a newer one is known. */
  applySubscription(
    state: SubscriptionState,
    trace: Trace,
  ): Promise<Result<null, "invalid_input" | "unavailable">>;
  contactOf(userId: string, trace: Trace): Promise<Result<Contact, "not_found" | "unavailable">>;
}

/** The order of a row's changes within one epoch of its database: lower is ignored by receivers. */
const Clock = { epoch: v.number(), seq: v.number() };

/** What auth tells the Subject of a user: facts about credentials that must hold on the next request. */
export const SubjectPush = v.variant("kind", [
  /** The account as it is now. A token or session of an older generation is refused. */
  v.object({
    kind: v.literal("account"),
    ...Clock,
    generation: v.number(),
    role: v.picklist(["user", "admin"]),
    status: v.picklist(["active", "suspended"]),
  }),
  /** A session that is over; remembered until no token of it can be valid any more (ms). */
  v.object({ kind: v.literal("session_revoked"), sessionId: v.string(), until: v.number() }),
  /** An API key as it is now; `grant: null` removes it for ever. `secretHash` is SHA-256 in hex. */
  v.object({
    kind: v.literal("key"),
    ...Clock,
    keyId: v.string(),
    grant: v.nullable(
      v.object({
        secretHash: v.string(),
        scopes: v.array(v.picklist(SCOPES)),
        expiresAt: v.nullable(v.number()),
      }),
    ),
  }),
]);
export type SubjectPush = v.InferOutput<typeof SubjectPush>;

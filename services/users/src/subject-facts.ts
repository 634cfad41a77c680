import type { Role, Scope } from "@luna/shared/rpc/caller";
import type { Denial, Presented } from "@luna/shared/rpc/subject";
import type { SubjectPush } from "@luna/shared/rpc/users";

import type { Grant, Subscription } from "./entitlement.ts";

/** Orders the changes of one row; a restored database starts a new epoch. */
interface Clock {
  epoch: number;
  seq: number;
}

/** A user's subscriptions and grants as of one change of them. */
export interface Plan extends Clock {
  subscriptions: Subscription[];
  /** Absent in what was stored before there were grants. */
  grants?: Grant[];
}

type AccountPush = Extract<SubjectPush, { kind: "account" }>;
export type KeyPush = Extract<SubjectPush, { kind: "key" }>;

/** One API key. A removed one stays as a tombstone, so that a late push cannot bring it back. */
export type KeyFact = Omit<KeyPush, "kind" | "keyId">;

/** What a Subject knows of its user but its keys, as told by the owners of that knowledge. */
export interface Facts {
  /** Whose Subject this is; empty until users has created the user. */
  userId: string;
  /** `null` until users has created the user. */
  plan: Plan | null;
  /** `null` until auth has told of the account. */
  account: Omit<AccountPush, "kind"> | null;
  /** Sessions that are over, until no token of theirs can be valid any more (ms). */
  revoked: Record<string, number>;
}

export const NO_FACTS: Facts = { userId: "", plan: null, account: null, revoked: {} };

const isNewer = (next: Clock, known: Clock | null): boolean =>
  known === null ||
  next.epoch > known.epoch ||
  (next.epoch === known.epoch && next.seq > known.seq);

/** The facts after one push; the same object when the push told nothing new. */
export const applyPush = (facts: Facts, push: Exclude<SubjectPush, KeyPush>): Facts => {
  if (push.kind === "account") {
    const { kind: _, ...account } = push;
    return isNewer(account, facts.account) ? { ...facts, account } : facts;
  }
  const until = Math.max(push.until, facts.revoked[push.sessionId] ?? 0);
  return { ...facts, revoked: { ...facts.revoked, [push.sessionId]: until } };
};

/** The key after one push; the same object when the push told nothing new. */
export const applyKey = (known: KeyFact | null, push: KeyPush): KeyFact => {
  const { epoch, seq, grant } = push;
  return known === null || isNewer(push, known) ? { epoch, seq, grant } : known;
};

export const applyPlan = (facts: Facts, plan: Plan): Facts =>
  isNewer(plan, facts.plan) ? { ...facts, plan } : facts;

/** Without what time has made pointless. */
export const withoutExpired = (facts: Facts, now: number): Facts => {
  const running = Object.entries(facts.revoked).filter(([, until]) => until > now);
  return { ...facts, revoked: Object.fromEntries(running) };
};

export interface Identity {
  role: Role;
  scopes: Scope[] | null;
}

/** Whether a credential is good at `now`, and for what; `key` is what is known of the one it names. */
export const identify = (
  { account, plan, revoked }: Facts,
  key: KeyFact | null,
  credential: Presented,
  now: number,
): Identity | Exclude<Denial, "rate_limited" | "missing_scope"> => {
  if (account === null || plan === null) return "unknown_subject";
  if (account.status === "suspended") return "suspended";
  if (credential.kind === "session") {
    const { sessionId, generation } = credential;
    if (Object.hasOwn(revoked, sessionId) || generation < account.generation) return "revoked";
    // Auth signed a generation we have not been told of yet: the push is late, not the caller.
    if (generation > account.generation) return "unknown_subject";
    return { role: account.role, scopes: null };
  }
  if (key === null) return "unknown_key";
  const { grant } = key;
  const good =
    grant !== null &&
    grant.secretHash === credential.secretHash &&
    (grant.expiresAt === null || now < grant.expiresAt);
  // A key never carries its owner's administrative role: what leaks must not run the house.
  return good ? { role: "user", scopes: grant.scopes } : "revoked";
};

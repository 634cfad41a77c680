import type { Tier } from "@luna/shared/plans";
import { rateLimitFields } from "@luna/shared/rate-limiter/headers";
import { Ledger, type Closing } from "@luna/shared/rate-limiter/ledger";
import type { Policy } from "@luna/shared/rate-limiter/policy";
import type { Admitted, Ask, Denied } from "@luna/shared/rpc/subject";
import type { SubjectPush } from "@luna/shared/rpc/users";

import { entitlement, type Entitlement } from "./entitlement.ts";
import {
  applyKey,
  applyPlan,
  applyPush,
  identify,
  NO_FACTS,
  withoutExpired,
  type Facts,
  type KeyFact,
  type Plan,
} from "./subject-facts.ts";
import { Marks } from "./marks.ts";
import { policiesFor } from "./subject-policies.ts";

/** Where a Subject keeps its rows: written at once, and durable before anyone is answered. */
export interface Rows {
  get(name: string): unknown;
  put(name: string, value: unknown): void;
}

export interface Decision {
  answer: Admitted | Denied;
  /** When what was reserved is to be given back, or `null`. */
  closeAt: number | null;
}

/** What a plan entitles to, from one time until another (ms). */
interface Entitled {
  plan: Plan | null;
  entitlement: Entitlement;
  from: number;
  until: number;
}

const keyRow = (keyId: string): string => `key:${keyId}`;

/**
 * What a Subject knows and decides, over its rows. No method yields between reading and writing, so
 * each is a transaction; whatever is lost with the object only costs hits, never a guarantee.
 */
export class SubjectState {
  readonly ledger: Ledger;
  private readonly marks: Marks;
  private facts: Facts;
  /** Random, so that a version is never used twice; a new one with every start. */
  private version = crypto.randomUUID();
  /** The keys in use. A row each, because tombstones stay for ever and facts are rewritten often. */
  private readonly keys = new Map<string, KeyFact | null>();
  private readonly policySets = new Map<string, readonly Policy[]>();
  private entitled: Entitled | null = null;
  private readonly rows: Rows;
  private readonly scale: number;

  constructor(rows: Rows, scale: number, now: number) {
    this.rows = rows;
    this.scale = scale;
    this.facts = (rows.get("facts") as Facts | undefined) ?? NO_FACTS;
    this.marks = new Marks((rows.get("marked") as number | undefined) ?? 0);
    this.ledger = Ledger.restore((rows.get("ledger") as Uint8Array | undefined) ?? null, now);
    if (this.ledger.damaged) this.saveLedger();
  }

  get userId(): string {
    return this.facts.userId;
  }

  admit(ask: Ask, now: number): Decision {
    const { credential, settled } = ask;
    if (settled.length > 0) this.settle(settled, null);
    const key = credential.kind === "key" ? this.key(credential.keyId) : null;
    const identity = identify(this.facts, key, credential, now);
    if (typeof identity === "string") return refused(identity, now);
    if (identity.scopes !== null && !identity.scopes.includes(ask.needs))
      return refused("missing_scope", now);
    const { tier, validUntil } = this.entitlement(now);
    const decision = this.ledger.admit(this.policies(tier, ask), ask.cost, now);
    const { limits, violated, retryAt, closeAt } = decision;
    if (decision.write) this.saveLedger();
    if (!decision.admitted) {
      const denied = { admitted: false, code: "rate_limited", limits, violated } as const;
      const never = retryAt === Infinity;
      return { answer: { ...denied, retryAt: never ? null : (retryAt ?? now) }, closeAt };
    }
    if (ask.mark !== null) this.markOwn(ask.mark, now);
    const version = this.versionAt(now);
    const { role, scopes } = identity;
    const rateLimit = rateLimitFields(limits);
    const answer = { admitted: true, role, scopes, tier, version, validUntil, rateLimit } as const;
    return { answer, closeAt };
  }

  /** Announces a write; until it is settled nothing that was read may be kept. */
  mark(mark: string, now: number): void {
    const durableUntil = this.marks.set(mark, now);
    if (durableUntil !== null) this.rows.put("marked", durableUntil);
    this.version = crypto.randomUUID();
  }

  /**
   * As `mark`, for a request of the user's own. While no other write is under way the mark names the
   * version that its answer shows, so that its gateway can keep that answer for the next read.
   */
  private markOwn(mark: string, now: number): void {
    const alone = !this.marks.stand(now);
    this.mark(mark, now);
    if (alone) this.version = mark;
  }

  settle(marks: readonly string[], plan: Plan | null): void {
    // The version is as new as the mark: nobody was told one while it stood.
    for (const mark of marks) this.marks.settle(mark);
    // Without a plan there is nothing a crash may not forget.
    if (plan !== null) this.change(applyPlan(this.facts, plan));
  }

  create(userId: string, plan: Plan): void {
    this.change(applyPlan({ ...this.facts, userId }, plan));
  }

  push(pushes: readonly SubjectPush[], now: number): void {
    let { facts } = this;
    for (const push of pushes)
      if (push.kind === "key") this.saveKey(push.keyId, applyKey(this.key(push.keyId), push));
      else facts = applyPush(facts, push);
    this.change(withoutExpired(facts, now));
  }

  usage(now: number): { period: string; requests: number; tier: Tier } {
    const { period, requests } = this.ledger.usage(now);
    return { period, requests, tier: this.entitlement(now).tier };
  }

  /** Gives back what was reserved and is not used; the answer says when to come again, or `null`. */
  close(now: number): number | null {
    const { write, closeAt }: Closing = this.ledger.close(now);
    if (write) this.saveLedger();
    return closeAt;
  }

  saveLedger(): void {
    this.rows.put("ledger", this.ledger.snapshot());
  }

  /** Worked out once for as long as it holds: until the plan changes, or time changes it. */
  private entitlement(now: number): Entitlement {
    const { plan } = this.facts;
    const { entitled } = this;
    if (entitled !== null && entitled.plan === plan && entitled.from <= now && now < entitled.until)
      return entitled.entitlement;
    const made = entitlement(plan?.subscriptions ?? [], now, plan?.grants);
    this.entitled = { plan, entitlement: made, from: now, until: made.validUntil ?? Infinity };
    return made;
  }

  /** `null` while a write is under way; the version since its mark was set has been told to nobody. */
  private versionAt(now: number): string | null {
    return this.marks.stand(now) ? null : this.version;
  }

  /** Every change makes what was kept under the old version unreachable. */
  private change(facts: Facts): void {
    this.rows.put("facts", facts);
    this.facts = facts;
    this.version = crypto.randomUUID();
  }

  private key(keyId: string): KeyFact | null {
    const known = this.keys.get(keyId);
    if (known !== undefined) return known;
    const read = (this.rows.get(keyRow(keyId)) as KeyFact | undefined) ?? null;
    this.keys.set(keyId, read);
    return read;
  }

  private saveKey(keyId: string, key: KeyFact): void {
    if (key === this.keys.get(keyId)) return;
    this.rows.put(keyRow(keyId), key);
    this.keys.set(keyId, key);
  }

  /** The ledger tells policies apart by identity, so each set is made once. */
  private policies(tier: Tier, { limit, credential }: Ask): readonly Policy[] {
    const name = `${tier} ${limit} ${credential.kind === "key" ? credential.keyId : ""}`;
    const known = this.policySets.get(name);
    if (known !== undefined) return known;
    const made = policiesFor(tier, limit, credential, this.scale);
    this.policySets.set(name, made);
    return made;
  }
}

const refused = (code: Denied["code"], now: number): Decision => ({
  answer: { admitted: false, code, limits: [], violated: [], retryAt: now },
  closeAt: null,
});

import { withinRequest } from "@luna/shared/deadline";
import { Failure } from "@luna/shared/http/problem";
import { newId } from "@luna/shared/id";
import { DenyCache } from "@luna/shared/rate-limiter/deny-cache";
import type { Client, UserCaller } from "@luna/shared/rpc/caller";
import type { Admitted, Ask, Denied, LimitClass } from "@luna/shared/rpc/subject";
import { answerOf, askText, type AnswerText } from "@luna/shared/rpc/subject-text";

import { confirmDegraded } from "./degraded.ts";
import { healSubject } from "./heal-subject.ts";
import { invalidToken, missingScope, type Shown } from "./read-credential.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";
import { takeSettled } from "./settlements.ts";
import { tooMany } from "@luna/shared/rate-limiter/too-many";

/** Beyond this the Subject counts as silent and the degraded mode decides (DESIGN §3). */
const DEADLINE_MS = 250;

/** A Subject that took this long may stay silent: what auth says is then there when it is needed. */
const SLOW_MS = 175;

/** Units of one request; a batch pays for each of its own. */
const COST = 1;

/** What this isolate has been refused lately; it may be lost at any time. */
const denials = new DenyCache();

const credentialName = ({ userId, presented }: Shown): string =>
  `${userId} ${presented.kind === "key" ? presented.keyId : presented.sessionId}`;

/** A caller let in, with what their Subject said. */
export interface Entry {
  shown: Shown;
  granted: Pick<Admitted, "role" | "scopes" | "tier">;
  /** `null` when nothing may be kept for this caller now. */
  admitted: Admitted | null;
  /** Names this unsafe request to the Subject, which is to be told when it is over. */
  mark: string | null;
}

const asksFor = (route: MappedRoute): LimitClass =>
  route.limit === "create" || route.limit === "account" ? route.limit : "plan";

type Verdict = Admitted | Denied | null;
/** The same as it crosses the binding. */
type Said = AnswerText | null;

/** `null` from a Subject that is silent; `whenSlow` is told a little before that is certain. */
const ask = async (
  shown: Shown,
  question: Ask,
  { env }: Passage,
  whenSlow: () => void,
): Promise<Verdict> => {
  const asked = Date.now();
  try {
    // A stub that has thrown once fails for ever, so every request takes a fresh one.
    const answer = env.SUBJECTS.getByName(shown.userId).admit(askText(question));
    const said = await withinRequest<Said>(SLOW_MS, answer, () => {
      whenSlow();
      const left = asked + DEADLINE_MS - Date.now();
      return withinRequest<Said>(left, answer, () => null);
    });
    return said === null ? null : answerOf(said);
  } catch {
    return null;
  }
};

/** A Subject that lacks knowledge is told again and asked again: once. */
const askAndHeal = async (
  shown: Shown,
  question: Ask,
  passage: Passage,
  whenSlow: () => void,
): Promise<Verdict | Failure> => {
  const first = await ask(shown, question, passage, whenSlow);
  if (first === null || first.admitted) return first;
  if (first.code !== "unknown_subject" && first.code !== "unknown_key") return first;
  const healed = await healSubject(shown, first.code, passage);
  if (healed instanceof Failure) return healed;
  return healed ? ask(shown, question, passage, whenSlow) : first;
};

/** As whom a service is asked. */
export const callerOf = (
  {
    shown: { userId, presented },
    granted: { role, scopes, tier },
  }: Pick<Entry, "shown" | "granted">,
  client: Client,
): UserCaller => {
  return {
    kind: "user",
    client,
    userId,
    role,
    tier,
    credential:
      presented.kind === "session"
        ? { kind: "session", sessionId: presented.sessionId }
        : { kind: "key", keyId: presented.keyId, scopes: scopes ?? [] },
  };
};

const refusal = (denied: Denied, shown: Shown, question: Ask, now: number): Failure => {
  switch (denied.code) {
    case "unknown_subject":
    case "unknown_key":
    case "revoked":
      return invalidToken("This credential is no longer valid.");
    case "missing_scope":
      return missingScope();
    case "suspended":
      return new Failure("forbidden", "This account is suspended.");
    case "rate_limited": {
      const { limits, violated, retryAt } = denied;
      const denial = { limits, violated, retryAt: retryAt ?? Number.POSITIVE_INFINITY };
      denials.remember(credentialName(shown), question.limit, question.cost, denial, now);
      return tooMany(denial, now);
    }
  }
};

/** One hop that decides who, how often, which plan and which version; or why not. */
export const admit = async (
  shown: Shown,
  route: MappedRoute,
  passage: Passage,
): Promise<Entry | Failure> => {
  const { now, log } = passage;
  const unsafe = route.method !== "GET";
  const limit = asksFor(route);
  const known = denials.find(credentialName(shown), limit, COST, now);
  if (known !== null) return tooMany(known, now);
  const question: Ask = {
    credential: shown.presented,
    limit,
    needs: unsafe ? "write" : "read",
    cost: COST,
    mark: unsafe ? newId(now) : null,
    settled: takeSettled(shown.userId),
  };

  let confirming: ReturnType<typeof confirmDegraded> | undefined;
  const confirm = () => (confirming ??= confirmDegraded(shown, route, passage));
  const verdict = await askAndHeal(shown, question, passage, () => void confirm());
  if (verdict instanceof Failure) return verdict;
  if (verdict === null) {
    log.metric("ratelimit_degraded", 1, { route: route.path });
    const confirmed = await confirm();
    if (confirmed instanceof Failure) return confirmed;
    // Nobody knows the plan now. Only reads get this far, and none of them depends on it.
    const granted = { ...confirmed, tier: "free" as const };
    return { shown, granted, admitted: null, mark: null };
  }
  if (!verdict.admitted) return refusal(verdict, shown, question, now);
  return { shown, granted: verdict, admitted: verdict, mark: question.mark };
};

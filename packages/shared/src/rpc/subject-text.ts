import type { Tier } from "../plans.ts";
import type { Role, Scope } from "./caller.ts";
import type { Admitted, Ask, Denied, LimitClass, Presented } from "./subject.ts";
import type { Text } from "./text.ts";

/**
 * How `admit` crosses its binding: one text each way, a line per field. An object costs every one of
 * its members, as JSON does its parsing, and nearly every request pays for both (decisions 15, 19).
 * Both ends are ours, so what is no such text is a bug: it throws or is refused by the rules.
 */
export type AskText = Text<Ask>;
export type AnswerText = Text<Admitted | Denied>;

const LINE = "\n";
/** Begins an admission. A denial is rare, tells more, and is JSON. */
const ADMITTED = "+";
const NONE: readonly string[] = [];
/** Of a session, which has no scopes because it may do everything. */
const EVERY_SCOPE = "*";

/** No field holds a line break: ids are ours, everything else is one word of a few. */
export const askText = ({ credential, limit, needs, cost, mark, settled }: Ask): AskText => {
  const who =
    credential.kind === "session"
      ? `session\n${credential.sessionId}\n${credential.generation}`
      : `key\n${credential.keyId}\n${credential.secretHash}`;
  return `${who}\n${limit}\n${needs}\n${cost}\n${mark ?? ""}\n${settled.length === 0 ? "" : settled.join(" ")}`;
};

const presented = (kind: string, id: string, proof: string): Presented =>
  kind === "session"
    ? { kind, sessionId: id, generation: Number(proof) }
    : { kind: "key", keyId: id, secretHash: proof };

export const askOf = (text: AskText): Ask => {
  const [kind = "", id = "", proof = "", limit, needs, cost, mark = "", settled = ""] =
    text.split(LINE);
  return {
    credential: presented(kind, id, proof),
    limit: limit as LimitClass,
    needs: needs as Scope,
    cost: Number(cost),
    mark: mark === "" ? null : mark,
    settled: settled === "" ? NONE : settled.split(" "),
  };
};

export const answerText = (answer: Admitted | Denied): AnswerText => {
  if (!answer.admitted) return JSON.stringify(answer);
  const { role, tier, scopes, version, validUntil, rateLimit } = answer;
  const may = scopes === null ? EVERY_SCOPE : scopes.join(" ");
  return `${ADMITTED}\n${role}\n${tier}\n${may}\n${version ?? ""}\n${validUntil ?? ""}\n${rateLimit.policy}\n${rateLimit.state}`;
};

const scopesOf = (may: string): Scope[] | null => {
  if (may === EVERY_SCOPE) return null;
  return may === "" ? [] : (may.split(" ") as Scope[]);
};

export const answerOf = (text: AnswerText): Admitted | Denied => {
  if (!text.startsWith(ADMITTED)) return JSON.parse(text) as Denied;
  const [, role, tier, may = "", version = "", until = "", policy = "", state = ""] =
    text.split(LINE);
  return {
    admitted: true,
    role: role as Role,
    tier: tier as Tier,
    scopes: scopesOf(may),
    version: version === "" ? null : version,
    validUntil: until === "" ? null : Number(until),
    rateLimit: { policy, state },
  };
};

import { withinRequest } from "@luna/shared/deadline";
import type { Arrival } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { receiveBody } from "@luna/shared/http/receive-body";
import type { Caller } from "@luna/shared/rpc/caller";
import { answeredOf, askedText, type Answered, type AnsweredText } from "@luna/shared/rpc/exchange";
import { traceparent, type Trace } from "@luna/shared/trace";

import type { Answers } from "./doors.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";

/** Longer than any honest request: argon2, two D1 round trips and a provider call fit well inside. */
const DEADLINE_MS = 15_000;

/** All a service may learn from a client's headers. Credentials and made-up identities stay here. */
const PASSED_ON = [
  "accept-language",
  "content-type",
  "idempotency-key",
  "x-event-name",
  "x-signature",
  "x-twilio-email-event-webhook-signature",
  "x-twilio-email-event-webhook-timestamp",
];

/** An alias is unknown to the service behind it. */
const addressOf = ({ url }: Arrival, target: string | null): string => {
  if (target === null) return url;
  const address = new URL(url);
  address.pathname = target;
  return address.href;
};

const passedOn = ({ headers: given }: Arrival, trace: Trace): Record<string, string> => {
  const headers: Record<string, string> = {
    "x-request-id": trace.requestId,
    traceparent: traceparent(trace),
  };
  for (const name of PASSED_ON) {
    const value = given.get(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
};

const noAnswer = (method: string): Failure =>
  method === "GET"
    ? new Failure("unavailable", "A service behind this route does not answer.")
    : new Failure("outcome_unknown", "The change may or may not have been made.");

/** The service's own answer, or the failure to give when it has none. */
export const forward = async (
  door: Answers,
  arrival: Arrival,
  { target }: MappedRoute,
  caller: Caller,
  { trace }: Pick<Passage, "trace">,
): Promise<Answered | Failure> => {
  // Read here in full: a slow upload then occupies no service, and a refusal never breaks the socket.
  const bytes = await receiveBody(arrival);
  if (bytes instanceof Failure) return bytes;
  const asked = askedText({
    method: arrival.method,
    url: addressOf(arrival, target),
    headers: passedOn(arrival, trace),
    caller,
  });
  const said = await withinRequest<AnsweredText | Failure>(
    DEADLINE_MS,
    door.handle(asked, bytes.length === 0 ? null : bytes),
    () => noAnswer(arrival.method),
  );
  return said instanceof Failure ? said : answeredOf(said);
};

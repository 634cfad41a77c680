/**
 * What ties the log lines of one request together across Workers, queues and outbox rows.
 * Platform spans cannot be read by the application, so the ids travel as an explicit argument.
 */
export interface Trace {
  /** 8–128 characters of `[A-Za-z0-9._-]`, shown to the client as `X-Request-Id`. */
  requestId: string;
  /** W3C trace-id: 32 lower-case hex digits. */
  traceId: string;
  /** W3C parent-id of the current hop: 16 lower-case hex digits. */
  spanId: string;
}

/** An id of zeros is invalid, the parent's too (W3C trace-context §3.2.2). */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/** 32 hex digits, 122 of their bits random: a UUID is the cheapest source of them. */
const randomId = (): string => crypto.randomUUID().replaceAll("-", "");
/** Its last 16 digits, 62 of their bits random and the first never zero. */
const spanOf = (id: string): string => id.slice(16);

/** Unless somebody named the request, it goes by the name of its trace: one id to search for. */
export const newTrace = (requestId?: string): Trace => {
  const traceId = randomId();
  // Nobody else's span is in this trace, so the same random digits may name both.
  return { requestId: requestId ?? traceId, traceId, spanId: spanOf(traceId) };
};

/** The same trace, one hop further. */
export const childOf = (parent: Trace): Trace => ({ ...parent, spanId: spanOf(randomId()) });

/** Reads `X-Request-Id` and `traceparent`; whatever is missing or malformed is made anew. */
export const traceFromHeaders = (headers: Pick<Headers, "get">): Trace => {
  const given = headers.get("x-request-id");
  const trace = newTrace(given !== null && REQUEST_ID.test(given) ? given : undefined);
  const parent = headers.get("traceparent");
  const traceId = parent === null ? undefined : TRACEPARENT.exec(parent)?.[1];
  return traceId === undefined ? trace : { ...trace, traceId };
};

/** https://www.w3.org/TR/trace-context/#traceparent-header, always marked as sampled. */
export const traceparent = (trace: Trace): string => `00-${trace.traceId}-${trace.spanId}-01`;

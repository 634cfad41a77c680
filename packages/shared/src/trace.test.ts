import { describe, expect, it } from "vitest";

import { childOf, newTrace, traceFromHeaders, traceparent } from "./trace.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";
const GOOD = `00-${TRACE_ID}-${SPAN_ID}-01`;

const traceOf = (headers: Record<string, string>) => traceFromHeaders(new Headers(headers));

describe("an inbound X-Request-Id", () => {
  it.each(["abcdefgh", "A-b_c.9Z", "a".repeat(128), "0f8fad5b-d9cb-469f-a165-70867728950e"])(
    "is kept: %j",
    (id) => {
      expect(traceOf({ "x-request-id": id }).requestId).toBe(id);
    },
  );

  it.each([
    "",
    "short12",
    "a".repeat(129),
    "with space in it",
    "semi;colon-1234",
    'quo"te-12345678',
    "<script>alert(1)</script>",
    "slash/slash/slash",
    "jndi:${ldap}1234",
    "ünïcödé-12345",
    "one-given-id, another-given-id",
  ])("is replaced: %j", (id) => {
    const { requestId } = traceOf({ "x-request-id": id });
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("an inbound traceparent", () => {
  it.each(["00", "01", "ff"])("is continued whatever its flags: %s", (flags) => {
    const trace = traceOf({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-${flags}` });
    expect(trace.traceId).toBe(TRACE_ID);
    expect(trace.spanId).not.toBe(SPAN_ID);
  });

  it.each([
    ["nothing", ""],
    ["the forbidden version", `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ["upper case", GOOD.toUpperCase()],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN_ID}-01`],
    ["a parent of zeros", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
    ["a short trace", `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
    ["a long parent", `00-${TRACE_ID}-${SPAN_ID}0-01`],
    ["no flags", `00-${TRACE_ID}-${SPAN_ID}`],
    ["a fifth part", `${GOOD}-00`],
    ["two of them", `${GOOD}, ${GOOD}`],
    ["letters that are no hex", GOOD.replace("4bf9", "zzzz")],
  ])("is replaced when it is %s", (_name, value) => {
    const { traceId, spanId } = traceOf({ traceparent: value });
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect([TRACE_ID, "0".repeat(32)]).not.toContain(traceId);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("a trace", () => {
  it("is new every time", () => {
    expect(new Set(Array.from({ length: 100 }, () => newTrace().traceId)).size).toBe(100);
  });

  it("keeps its ids but for the span when it goes one hop further", () => {
    const parent = newTrace();
    const child = childOf(parent);
    expect(child).toEqual({ ...parent, spanId: child.spanId });
    expect(child.spanId).not.toBe(parent.spanId);
  });

  it("arrives as it left", () => {
    const trace = newTrace("of-the-gateway");
    const headers = { "x-request-id": trace.requestId, traceparent: traceparent(trace) };
    expect(traceOf(headers)).toMatchObject({
      requestId: "of-the-gateway",
      traceId: trace.traceId,
    });
  });
});

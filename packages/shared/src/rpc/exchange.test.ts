import { describe, expect, it } from "vitest";

import { answeredOf, answeredText, type Answered } from "./exchange.ts";

describe("an answer that crosses a binding", () => {
  it.each<[string, Answered]>([
    ["with a body", { status: 200, headers: { "content-type": "text/plain" }, body: "ok" }],
    ["of several lines", { status: 200, headers: {}, body: "\n\n=\n" }],
    ["with an empty body", { status: 200, headers: {}, body: "" }],
    ["without a body", { status: 204, headers: { "x-a": 'b"\n\u2028' }, body: null }],
    ["that begins like no body", { status: 500, headers: {}, body: "=" }],
  ])("arrives as it was given: %s", (_what, answer) => {
    expect(answeredOf(answeredText(answer))).toEqual(answer);
  });

  it("is nothing else", () => {
    expect(() => answeredOf("")).toThrow(SyntaxError);
  });
});

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { Moment } from "./moment.ts";

describe("a moment", () => {
  it.each(["2030-01-31T00:00:00Z", "2028-02-29T23:59:59.999Z", "2030-06-01T12:00:00+02:00"])(
    "is one: %s",
    (text) => expect(v.is(Moment, text)).toBe(true),
  );

  it.each([
    "2030-02-31T00:00:00Z",
    "2030-02-29T00:00:00Z",
    "2030-11-31T12:00:00+02:00",
    "2030-01-01T00:00:00+01",
    "2030-01-01",
    "tomorrow",
    "Tue, 05 Nov 2024",
    "",
  ])("is none: %s", (text) => expect(v.is(Moment, text)).toBe(false));
});

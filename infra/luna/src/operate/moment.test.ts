import { expect, it } from "vitest";

import { moment } from "./moment.ts";

it.each([
  ["2027-01-31", "2027-01-31T00:00:00.000Z"],
  ["2027-01-31T12:30Z", "2027-01-31T12:30:00.000Z"],
  ["2027-01-31T12:30:15.5+02:00", "2027-01-31T10:30:15.500Z"],
])("reads %s", (text, read) => {
  expect(moment("since", text)).toBe(read);
});

it.each(["2027-02-31", "2027-13-01", "2027-01-31T25:00Z", "2027-01-31T12:00", "5", "today", ""])(
  "refuses %j, which is no time or another one elsewhere",
  (text) => {
    expect(() => moment("until", text)).toThrow(`--until ${text} is not a time.`);
  },
);

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { MailIntent } from "./mailer.ts";

const notice: MailIntent = {
  key: "email_change_notice:1:1",
  template: "email_change_notice",
  locale: "de",
  to: "ada@example.com",
  vars: {
    name: "Ada",
    newEmail: "new@example.com",
    at: "2030-01-01T00:00:00.000Z",
    link: "https://app.example.com/forgot-password",
  },
  sealed: {},
  userId: "00ada",
  expiresAt: null,
};
const confirm: MailIntent = {
  ...notice,
  template: "email_change_confirm",
  vars: { name: "Ada", validFor: "86400" },
  sealed: { link: "t1.sealed" },
  expiresAt: 1,
};

const complaint = (intent: MailIntent): string | undefined =>
  v.safeParse(MailIntent, intent).issues?.[0].message;
const withVars = (intent: MailIntent, vars: Record<string, string>): MailIntent => ({
  ...intent,
  vars: { ...intent.vars, ...vars },
});

describe("a mail intent", () => {
  it("is taken when it has what its template needs", () => {
    expect([complaint(notice), complaint(confirm)]).toEqual([undefined, undefined]);
    expect(complaint(withVars(notice, { timezone: "Europe/Berlin" }))).toBeUndefined();
  });

  it("is refused, by name, when a variable is missing", () => {
    expect(complaint({ ...notice, vars: { name: "Ada" } })).toBe("newEmail is missing");
  });

  it.each([
    ["at", "yesterday"],
    ["at", "2030-13-01T00:00:00Z"],
    ["at", "2030-01-01"],
    ["link", "javascript:alert(1)"],
    ["link", "/forgot-password"],
  ])("is refused when %s is %j", (name, value) => {
    expect(complaint(withVars(notice, { [name]: value }))).toMatch(`${name} is no `);
  });

  it.each(["1.5", "-1", "a day", ""])("is refused when a duration is %j", (validFor) => {
    expect(complaint(withVars(confirm, { validFor }))).toBe("validFor is no duration");
  });

  it("is refused when a secret comes in clear", () => {
    const clear = { ...withVars(confirm, { link: "https://x.org/?token=1" }), sealed: {} };
    expect(complaint(clear)).toBe("link holds a secret and must come sealed");
  });

  it("is refused when it carries a secret and never expires", () => {
    expect(complaint({ ...confirm, expiresAt: null })).toBe("a mail with a secret must expire");
  });
});

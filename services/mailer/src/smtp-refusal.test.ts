import { describe, expect, it } from "vitest";

import type { SmtpStage } from "./classify-failure.ts";
import { refusalOutcome } from "./smtp-refusal.ts";

const said = (stage: SmtpStage, text: string) => {
  const [first = "", ...others] = text.split("\n");
  const reply = { code: Number(first.slice(0, 3)), lines: [first.slice(4), ...others] };
  return refusalOutcome(stage, reply, text);
};

describe("a final refusal", () => {
  it.each([
    ["recipient", "550 5.1.1 <x@example.com>: Recipient address rejected: User unknown"],
    ["recipient", "550 5.1.1"],
    ["recipient", "553 5.1.2 We have no such domain"],
    ["recipient", "553 5.1.3 Invalid address"],
    ["recipient", "551 5.1.6 Moved away"],
    ["recipient", "556 5.1.10 Domain does not accept mail (nullMX)"],
    ["recipient", "550 5.1.1 The account does not exist.\n5.1.1 Learn more"],
    ["dot", "550 5.1.1 No such user here"],
  ] as const)("at %s of “%s” says that nobody has the address", (stage, text) => {
    expect(said(stage, text)).toMatchObject({ class: "permanent", bounce: "hard_bounce" });
  });

  it.each([
    ["recipient", "550 5.2.1 Mailbox disabled"],
    ["recipient", "552 5.2.2 Mailbox full"],
    ["recipient", "550 5.1.0 Address rejected"],
    ["recipient", "550 No such mailbox"],
    ["recipient", "550 Unknown user"],
    ["recipient", "550 <x@example.com>: User unknown in virtual mailbox table"],
    ["recipient", "550 Unrouteable address"],
  ] as const)("at %s of “%s” speaks of this time only", (stage, text) => {
    expect(said(stage, text)).toMatchObject({ class: "permanent", bounce: "soft_bounce" });
  });

  it.each([
    ["recipient", "550 5.7.1 Relaying denied"],
    ["recipient", "554 5.7.1 <x@example.com>: Recipient address rejected: Access denied"],
    ["recipient", "550 5.7.26 Unauthenticated mail"],
    ["recipient", "553 5.1.8 Domain of sender address does not exist"],
    ["recipient", "550 5.1.7 Bad sender"],
    ["recipient", "552 5.2.3 Message too big for this mailbox"],
    ["recipient", "550 5.4.6 Routing loop"],
    ["recipient", "550 5.5.1 Bad command"],
    ["recipient", "550 relay not permitted"],
    ["recipient", "550 Administrative prohibition"],
    ["recipient", "554 No such user"],
    ["dot", "554 5.6.0 Content rejected"],
    ["dot", "550 5.7.1 Spam"],
    // Once the mail is there, words may be about its content.
    ["dot", "550 No such user is named in this mail"],
    ["data", "554 no valid recipients"],
  ] as const)("at %s of “%s” does not blame the address", (stage, text) => {
    expect(said(stage, text)).toMatchObject({ class: "permanent", bounce: null });
  });
});

it("is written down in whole characters", () => {
  for (const length of [295, 296, 297])
    expect(said("recipient", `550 ${"x".repeat(length)}😀`).detail.isWellFormed()).toBe(true);
});

describe("a refusal of the moment", () => {
  it.each([
    ["452 4.2.2 Mailbox full", true],
    ["450 4.1.1 Unverified recipient", true],
    ["450 4.7.1 Greylisted", false],
    ["451 4.3.0 Try later", false],
    ["421 4.3.2 Shutting down", false],
    ["450 Mailbox busy", false],
  ])("of “%s” is the mailbox's own: %s", (text, ofMailbox) => {
    expect(said("recipient", text)).toMatchObject({ class: "transient", ofMailbox });
  });
});

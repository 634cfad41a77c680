import type { MailIntent } from "@luna/shared/rpc/mailer";

import type { MailMesh } from "./mail-mesh.ts";
import { pause } from "./provider-event.ts";

/** A receipt: any template would do, and this one holds no secret. */
export const intent = (key: string, change: Partial<MailIntent> = {}): MailIntent => ({
  key: `chaos:${key}:1`,
  template: "receipt",
  locale: "en",
  to: `${key}@chaos.test`,
  vars: { name: "Ada", plan: "Pro", amount: "49.00 USD", invoice: key },
  sealed: {},
  userId: null,
  expiresAt: null,
  ...change,
});

export const intents = (prefix: string, count: number): MailIntent[] =>
  Array.from({ length: count }, (_, index) => intent(`${prefix}-${index}`));

/** What an outbox does: offers again until it is taken. The keys make it the same mail. */
const OFFER_EVERY_MS = 200;
/** A slow machine that is killed all the time takes little. */
const OFFER_LIMIT_MS = 600_000;

/** Resolves when the mailer has promised to deliver these. */
export const handOver = async (mesh: MailMesh, mails: readonly MailIntent[]): Promise<void> => {
  const end = Date.now() + OFFER_LIMIT_MS;
  while (Date.now() < end) {
    const fed = await mesh.feed(mails);
    if (fed?.accepted === true) return;
    if (fed?.detail === "invalid_input") throw new Error("the mailer refused an intent");
    await pause(OFFER_EVERY_MS);
  }
  throw new Error("the mailer takes nothing");
};

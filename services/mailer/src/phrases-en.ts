import type { Phrases } from "./letter.ts";
import { accountEn } from "./phrases-account-en.ts";
import { billingEn } from "./phrases-billing-en.ts";

export const en: Phrases = {
  ...accountEn,
  ...billingEn,
  layout: {
    pasteLink: "If the button does not work, open this address:",
    footer: (support) => `Questions? Write to ${support}.`,
  },
};

import type { Phrases } from "./letter.ts";
import { accountDe } from "./phrases-account-de.ts";
import { billingDe } from "./phrases-billing-de.ts";

export const de: Phrases = {
  ...accountDe,
  ...billingDe,
  layout: {
    pasteLink: "Falls der Knopf nicht funktioniert, öffne diese Adresse:",
    footer: (support) => `Fragen? Schreib an ${support}.`,
  },
};

import type { Phrases } from "./letter.ts";
import { accountEs } from "./phrases-account-es.ts";
import { billingEs } from "./phrases-billing-es.ts";

export const es: Phrases = {
  ...accountEs,
  ...billingEs,
  layout: {
    pasteLink: "Si el botón no funciona, abre esta dirección:",
    footer: (support) => `¿Preguntas? Escribe a ${support}.`,
  },
};

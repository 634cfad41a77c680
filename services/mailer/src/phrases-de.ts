import { greeting } from "./greeting.ts";
import type { Phrases } from "./letter.ts";

export const de: Phrases = {
  verify: ({ name, link }) => ({
    subject: "Bestätige deine E-Mail-Adresse",
    preview: "Ein Klick, und dein Konto ist bereit.",
    heading: "Bestätige deine E-Mail-Adresse",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, hat sich mit dieser Adresse registriert. Bestätige sie, um abzuschließen.",
    ],
    action: { label: "Adresse bestätigen", url: link },
    details: [],
    notes: [
      "Der Link gilt nur einmal und nur für begrenzte Zeit.",
      "Warst du es nicht, ignoriere diese Mail: Ohne den Link passiert nichts.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "Du hast bereits ein Konto",
    preview: "Jemand wollte sich mit deiner Adresse registrieren.",
    heading: "Du hast bereits ein Konto",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand wollte sich mit dieser Adresse registrieren, die schon zu deinem Konto gehört. Es hat sich nichts geändert.",
      "Warst du es, melde dich einfach an, oder setze dein Passwort zurück, wenn du es nicht mehr weißt.",
    ],
    action: { label: "Anmelden", url: link },
    details: [],
    notes: ["Warst du es nicht, musst du nichts tun."],
  }),
  reset: ({ name, link }) => ({
    subject: "Setze dein Passwort zurück",
    preview: "Wähle ein neues Passwort für dein Konto.",
    heading: "Setze dein Passwort zurück",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, hat ein neues Passwort für dein Konto angefordert. Wähle eines, um dich wieder anzumelden; alle Geräte werden dann abgemeldet.",
    ],
    action: { label: "Neues Passwort wählen", url: link },
    details: [],
    notes: [
      "Der Link gilt nur einmal und 30 Minuten lang.",
      "Warst du es nicht, ignoriere diese Mail: Dein Passwort bleibt, wie es ist.",
    ],
  }),
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Deine Quittung für ${plan}`,
    preview: `Wir haben ${amount} erhalten. Danke.`,
    heading: "Danke für deine Zahlung",
    paragraphs: [greeting("Hallo", name), "Deine Zahlung ist angekommen und dein Tarif ist aktiv."],
    action: null,
    details: [
      ["Tarif", plan],
      ["Betrag", amount],
      ["Rechnung", invoice],
    ],
    notes: ["Bewahre diese Mail als Quittung auf."],
  }),
  layout: {
    pasteLink: "Falls der Knopf nicht funktioniert, öffne diese Adresse:",
    footer: (support) => `Fragen? Schreib an ${support}.`,
  },
};

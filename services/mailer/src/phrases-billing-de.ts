import { greeting } from "./greeting.ts";
import type { BillingTemplate, PhrasesOf } from "./letter.ts";

export const billingDe: PhrasesOf<BillingTemplate> = {
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Deine Quittung für ${plan}`,
    preview: `Wir haben ${amount} erhalten. Danke.`,
    heading: "Danke für deine Zahlung",
    paragraphs: [greeting("Hallo", name), "Deine Zahlung ist angekommen und dein Tarif ist aktiv."],
    details: [
      ["Tarif", plan],
      ["Betrag", amount],
      ["Rechnung", invoice],
    ],
    notes: ["Bewahre diese Mail als Quittung auf."],
  }),
  payment_failed: ({ name, plan, amount, link }) => ({
    subject: `Deine Zahlung für ${plan} ist fehlgeschlagen`,
    preview: "Prüfe deine Zahlungsart, um deinen Tarif zu behalten.",
    heading: "Deine Zahlung ist fehlgeschlagen",
    paragraphs: [
      greeting("Hallo", name),
      "Wir konnten den Betrag für deinen Tarif nicht einziehen. Prüfe deine Zahlungsart, damit du ihn behältst.",
    ],
    details: [
      ["Tarif", plan],
      ["Betrag", amount],
    ],
    action: { label: "Zahlungsart prüfen", url: link },
    notes: ["Hast du inzwischen bezahlt, musst du nichts tun."],
  }),
  payment_recovered: ({ name, plan, amount }) => ({
    subject: `Deine Zahlung für ${plan} ist angekommen`,
    preview: `Wir haben ${amount} erhalten. Dein Tarif läuft weiter.`,
    heading: "Deine Zahlung ist angekommen",
    paragraphs: [
      greeting("Hallo", name),
      "Die zuvor fehlgeschlagene Zahlung hat doch noch geklappt. Dein Tarif läuft weiter wie bisher.",
    ],
    details: [
      ["Tarif", plan],
      ["Betrag", amount],
    ],
    notes: ["Danke, dass du dich darum gekümmert hast."],
  }),
  subscription_cancelled: ({ name, plan, endsAt, link }) => ({
    subject: `Dein Tarif ${plan} ist gekündigt`,
    preview: `Er bleibt bis ${endsAt} aktiv.`,
    heading: "Dein Tarif ist gekündigt",
    paragraphs: [
      greeting("Hallo", name),
      "Dein Tarif ist gekündigt, und es wird nichts mehr abgebucht. Bis zum letzten Tag kannst du ihn voll nutzen.",
      "Überlegst du es dir anders, kannst du ihn bis dahin fortsetzen.",
    ],
    details: [
      ["Tarif", plan],
      ["Endet am", endsAt],
    ],
    action: { label: "Tarif fortsetzen", url: link },
  }),
  plan_changed: ({ name, oldPlan, plan, at }) => ({
    subject: `Dein Tarif ist jetzt ${plan}`,
    preview: `Vorher war es ${oldPlan}.`,
    heading: `Dein Tarif ist jetzt ${plan}`,
    paragraphs: [
      greeting("Hallo", name),
      "Dein Tarif hat sich geändert. Ab jetzt gelten seine Grenzen.",
    ],
    details: [
      ["Vorher", oldPlan],
      ["Jetzt", plan],
      ["Seit", at],
    ],
    notes: ["Hast du das nicht erwartet, schreib uns."],
  }),
  claim_purchase: ({ account, order, link, validFor }) => ({
    subject: "Verknüpfe deinen Kauf mit einem Konto",
    preview: "Ein Klick, und der Kauf gehört zum Konto.",
    heading: "Verknüpfe deinen Kauf mit einem Konto",
    paragraphs: [
      "Hallo,",
      "Jemand, hoffentlich du, möchte einen Kauf, der mit dieser Adresse gemacht wurde, in einem Konto nutzen. Bestätige, dass es deiner ist.",
    ],
    details: [
      ["Bestellung", order],
      ["Konto", account],
    ],
    action: { label: "Kauf verknüpfen", url: link },
    notes: [
      `Der Link gilt nur einmal und ${validFor} lang.`,
      "Warst du es nicht, ignoriere diese Mail: Ohne den Link passiert nichts.",
    ],
  }),
};

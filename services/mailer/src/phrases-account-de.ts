import { greeting, harmless } from "./greeting.ts";
import type { AccountTemplate, PhrasesOf } from "./letter.ts";

export const accountDe: PhrasesOf<AccountTemplate> = {
  verify: ({ name, link }) => ({
    subject: "Bestätige deine E-Mail-Adresse",
    preview: "Ein Klick, und dein Konto ist bereit.",
    heading: "Bestätige deine E-Mail-Adresse",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, hat sich mit dieser Adresse registriert. Bestätige sie, um abzuschließen.",
    ],
    action: { label: "Adresse bestätigen", url: link },
    notes: [
      "Der Link gilt nur einmal und nur für begrenzte Zeit.",
      "Warst du es nicht, ignoriere diese Mail: Ohne den Link passiert nichts.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "Du hast bereits ein Konto",
    preview: "Jemand wollte deine Adresse registrieren.",
    heading: "Du hast bereits ein Konto",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand wollte diese Adresse registrieren, die schon zu deinem Konto gehört. Es hat sich nichts geändert.",
      "Warst du es, melde dich einfach an, oder setze dein Passwort zurück, wenn du es nicht mehr weißt.",
    ],
    action: { label: "Anmelden", url: link },
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
    notes: [
      "Der Link gilt nur einmal und 30 Minuten lang.",
      "Warst du es nicht, ignoriere diese Mail: Dein Passwort bleibt, wie es ist.",
    ],
  }),
  email_change_confirm: ({ name, link, validFor }) => ({
    subject: "Bestätige deine neue E-Mail-Adresse",
    preview: "Ein Klick, und dein Konto läuft auf diese Adresse.",
    heading: "Bestätige deine neue E-Mail-Adresse",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, möchte diese Adresse für sein Konto verwenden. Bestätige sie, um sie zu übernehmen; bis dahin bleibt die alte.",
    ],
    action: { label: "Neue Adresse bestätigen", url: link },
    notes: [
      `Der Link gilt nur einmal und ${validFor} lang.`,
      "Warst du es nicht, ignoriere diese Mail: Ohne den Link ändert sich nichts.",
    ],
  }),
  email_change_notice: ({ name, newEmail, at, link }) => ({
    subject: "Deine E-Mail-Adresse soll sich ändern",
    preview: "Warst du es nicht, verhindere es jetzt.",
    heading: "Deine E-Mail-Adresse soll sich ändern",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, möchte dein Konto auf eine andere Adresse umstellen. Das geschieht, sobald diese bestätigt ist.",
      "Warst du es nicht, setze jetzt ein neues Passwort: Das verhindert die Änderung und meldet alle Geräte ab.",
    ],
    details: [
      ["Neue Adresse", newEmail],
      ["Angefordert", at],
    ],
    action: { label: "Neues Passwort setzen", url: link },
    notes: ["Warst du es, musst du nichts tun."],
  }),
  new_device: ({ name, device, at, link }) => ({
    subject: "Neue Anmeldung in deinem Konto",
    preview: "Von einem Gerät, das wir noch nicht kennen.",
    heading: "Neue Anmeldung in deinem Konto",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, hat sich von einem Gerät angemeldet, das wir noch nicht kennen.",
      "Warst du es nicht, setze jetzt ein neues Passwort: Das meldet alle Geräte ab.",
    ],
    details: [
      ["Gerät", device === "" ? "Unbekannt" : device],
      ["Zeitpunkt", at],
    ],
    action: { label: "Neues Passwort setzen", url: link },
    notes: ["Warst du es, musst du nichts tun."],
  }),
  key_created: ({ name, keyName, prefix, at, link }) => ({
    subject: "Ein neuer API-Schlüssel für dein Konto",
    preview: "Jemand, hoffentlich du, hat ihn angelegt.",
    heading: "Ein neuer API-Schlüssel für dein Konto",
    paragraphs: [
      greeting("Hallo", name),
      "Jemand, hoffentlich du, hat einen API-Schlüssel für dein Konto angelegt. Wer ihn besitzt, kann in deinem Namen handeln.",
    ],
    details: [
      ["Bezeichnung", keyName],
      ["Beginnt mit", prefix],
      ["Angelegt", at],
    ],
    action: { label: "Anmelden", url: link },
    notes: ["Warst du es nicht, melde dich an, lösche den Schlüssel und ändere dein Passwort."],
  }),
  invitation: ({ inviter, team, link, validFor }) => {
    const who = harmless(inviter) || "Jemand";
    const name = harmless(team);
    const where = name === "" ? "ein Team" : `das Team ${name}`;
    return {
      subject: `${who} lädt dich in ${where} ein`,
      preview: "Nimm die Einladung an und arbeite mit.",
      heading: `Einladung in ${where}`,
      paragraphs: ["Hallo,", `${who} lädt dich ein, in ${where} zu kommen und mitzuarbeiten.`],
      action: { label: "Einladung annehmen", url: link },
      notes: [
        `Die Einladung gilt nur für diese Adresse und ${validFor} lang.`,
        "Weißt du nicht, worum es geht, ignoriere diese Mail.",
      ],
    };
  },
  export_ready: ({ name, link, validFor }) => ({
    subject: "Deine Daten sind bereit",
    preview: "Die angeforderte Kopie kann heruntergeladen werden.",
    heading: "Deine Daten sind bereit",
    paragraphs: [
      greeting("Hallo", name),
      "Die Kopie deiner Daten, die du angefordert hast, kann jetzt heruntergeladen werden.",
    ],
    action: { label: "Daten herunterladen", url: link },
    notes: [
      `Der Link gilt ${validFor} lang. Wer ihn hat, kann deine Daten lesen: Gib ihn nicht weiter.`,
      "Hast du sie nicht angefordert, ändere dein Passwort.",
    ],
  }),
  account_erased: ({ name, at }) => ({
    subject: "Dein Konto ist gelöscht",
    preview: "Dein Konto und seine Daten sind weg.",
    heading: "Dein Konto ist gelöscht",
    paragraphs: [
      greeting("Hallo", name),
      `Wie gewünscht haben wir dein Konto und die Daten darin am ${at} gelöscht.`,
      "Danke, dass du bei uns warst.",
    ],
    notes: ["Das ist die letzte Mail, die wir an diese Adresse senden."],
  }),
};

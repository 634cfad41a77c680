import { seal } from "@luna/shared/key-set";
import {
  type MailIntent,
  sealPurpose,
  TEMPLATE_NAMES,
  type TemplateName,
  variablesOf,
} from "@luna/shared/rpc/mailer";
import { beforeEach, expect, it } from "vitest";

import { LOCALES, type Locale } from "./locale.ts";
import { renderMail } from "./render-mail.ts";
import { SAMPLES } from "./samples.ts";
import {
  acceptWithoutHint,
  deliver,
  HOUR,
  openParts,
  received,
  rows,
  START,
  startAfresh,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const LANGUAGES = Object.keys(LOCALES) as Locale[];

/** What a sender hands over: secrets sealed, the rest as it is. */
const intentOf = async (template: TemplateName, locale: string): Promise<MailIntent> => {
  const key = `${template}:${locale}:1`;
  const variables: Record<string, string> = SAMPLES[template];
  const keys = openParts().config.MAIL_SEAL_KEYS;
  const entries = await Promise.all(
    variablesOf(template).map(async ([name, kind]) => {
      const value = variables[name] ?? "";
      return kind === "secret"
        ? { sealed: [name, await seal(keys, value, sealPurpose(key))] as const }
        : { plain: [name, value] as const };
    }),
  );
  return {
    key,
    template,
    locale,
    to: `${template}@${locale}.example.com`,
    vars: Object.fromEntries(entries.flatMap(({ plain }) => (plain ? [plain] : []))),
    sealed: Object.fromEntries(entries.flatMap(({ sealed }) => (sealed ? [sealed] : []))),
    userId: null,
    expiresAt: START + HOUR,
  };
};

/** Line ends are the wire's, and the last one is nobody's. */
const lines = (text: string) => text.replaceAll("\r\n", "\n").trimEnd();

it("brings every mail in every language to the mailbox as it was written", async () => {
  const wanted = TEMPLATE_NAMES.flatMap((template) =>
    LANGUAGES.map((locale) => ({ template, locale })),
  );
  const intents = await Promise.all(
    wanted.map(({ template, locale }) => intentOf(template, locale)),
  );
  await acceptWithoutHint(...intents);
  while ((await rows()).some(({ state }) => state === "queued")) await deliver();
  expect((await rows()).filter(({ state }) => state !== "sent")).toEqual([]);

  const arrived = new Map((await received()).map((mail) => [mail.to.join(), mail]));
  const { EMAIL_FROM, EMAIL_SUPPORT } = openParts().config;
  const sender = { name: EMAIL_FROM.name, support: EMAIL_SUPPORT.address };
  for (const { template, locale } of wanted) {
    const mail = arrived.get(`${template}@${locale}.example.com`);
    const written = renderMail(template, locale, SAMPLES[template], sender);
    if (!written.ok) throw new Error(written.code);
    expect(mail?.subject).toBe(written.value.subject);
    expect(lines(mail?.text ?? "")).toBe(lines(written.value.text));
    expect(lines(mail?.html ?? "")).toBe(lines(written.value.html));
    expect(mail?.headers).toMatchObject({ "auto-submitted": "auto-generated" });
  }
  expect(arrived.size).toBe(wanted.length);
  // The runtime itself knows the languages.
  const said = (name: string) => (arrived.get(name)?.text ?? "").replaceAll(/\s/g, " ");
  expect(said("invitation@de.example.com")).toContain("7 Tage lang");
  expect(said("invitation@es.example.com")).toContain("durante 7 días");
  expect(said("receipt@de.example.com")).toContain("Betrag: 49,00 $");
  expect(said("new_device@es.example.com")).toContain("9 de marzo de 2030");
});

import { type TemplateName, variablesOf } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";

import { letterHtml } from "./letter-html.ts";
import { letterText } from "./letter-text.ts";
import type { Letter, Sender } from "./letter.ts";
import { LOCALES, localeOf } from "./locale.ts";
import { readerOf, wording } from "./wording.ts";

export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s<>"]+$/i.test(text);

const own = (variables: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

/** Subject, text and HTML of a mail. Variables the template does not know are left aside. */
export const renderMail = (
  template: TemplateName,
  tag: string,
  variables: Readonly<Record<string, string>>,
  sender: Sender,
): Result<Rendered, "missing_variable" | "bad_link"> => {
  const locale = localeOf(tag);
  const reader = readerOf(locale, tag, own(variables, "timezone"));
  const worded: Record<string, string> = {};
  for (const [name, kind] of variablesOf(template)) {
    const value = own(variables, name);
    if (value === undefined) return err("missing_variable", name);
    worded[name] = wording(kind, value, reader);
  }
  const phrases = LOCALES[locale];
  // The loop above has just filled in every variable of this template, which types cannot see.
  const write = phrases[template] as (variables: Record<string, string>) => Letter;
  const letter = write(worded);
  if (letter.action !== undefined && !isWebAddress(letter.action.url))
    return err("bad_link", "The action is no web address.");
  return ok({
    subject: letter.subject,
    text: letterText(letter, phrases.layout, sender),
    html: letterHtml(letter, phrases.layout, locale, sender),
  });
};

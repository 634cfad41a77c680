import { TEMPLATE_VARIABLES, type TemplateName } from "@luna/shared/rpc/mailer";
import { err, ok, type Result } from "@luna/shared/rpc/result";

import { letterHtml } from "./letter-html.ts";
import { letterText } from "./letter-text.ts";
import type { Letter } from "./letter.ts";
import { LOCALES, localeOf } from "./locale.ts";

export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

/** A variable is one line of text: a control character in it is a mistake or an attack. */
const oneLine = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- removing them is the point
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s<>"]+$/i.test(text);

/** Subject, text and HTML of a mail. Variables the template does not know are left aside. */
export const renderMail = (
  template: TemplateName,
  tag: string,
  variables: Readonly<Record<string, string>>,
  support: string,
): Result<Rendered, "missing_variable" | "bad_link"> => {
  const known: Record<string, string> = {};
  for (const name of TEMPLATE_VARIABLES[template]) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) return err("missing_variable", name);
    known[name] = oneLine(value);
  }
  const locale = localeOf(tag);
  const phrases = LOCALES[locale];
  // The loop above has just filled in every variable of this template, which types cannot see.
  const write = phrases[template] as (variables: Record<string, string>) => Letter;
  const letter = write(known);
  if (letter.action !== null && !isWebAddress(letter.action.url))
    return err("bad_link", "The action is no web address.");
  return ok({
    subject: letter.subject,
    text: letterText(letter, phrases.layout, support),
    html: letterHtml(letter, phrases.layout, locale, support),
  });
};

import type { Phrases } from "./letter.ts";
import { de } from "./phrases-de.ts";
import { en } from "./phrases-en.ts";
import { es } from "./phrases-es.ts";

export const LOCALES = { en, de, es } as const satisfies Record<string, Phrases>;
export type Locale = keyof typeof LOCALES;

/** The language of a BCP 47 tag that we speak: `de-AT` is `de`, everything unknown is English. */
export const localeOf = (tag: string): Locale => {
  const language = tag.toLowerCase().split(/[-_]/)[0] ?? "";
  return Object.hasOwn(LOCALES, language) ? (language as Locale) : "en";
};

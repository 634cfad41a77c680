import type { VariableKind } from "@luna/shared/rpc/mailer";

import type { Locale } from "./locale.ts";

/** Whose eyes a mail is worded for. */
export interface Reader {
  locale: Locale;
  /** The reader's own BCP 47 tag where Intl knows it: `de-AT` has a `Jänner`. */
  tag: string;
  /** IANA name, `UTC` where none is known. */
  timeZone: string;
}

const canonical = (tag: string, locale: Locale): string => {
  try {
    // Only region and script may refine our words: another calendar or digits would not match them.
    const { language, script, region } = new Intl.Locale(tag.replaceAll("_", "-"));
    if (language !== locale) return locale;
    return [language, script, region].filter(Boolean).join("-");
  } catch {
    return locale;
  }
};

const knownZone = (timeZone: string): string => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
};

export const readerOf = (locale: Locale, tag: string, timeZone = "UTC"): Reader => ({
  locale,
  tag: canonical(tag, locale),
  timeZone: knownZone(timeZone),
});

const DAY = { day: "numeric", month: "long", year: "numeric" } as const;
/** Hours may differ by zone, so a time without its zone is no time. */
const TIME = { ...DAY, hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const;

const date = (text: string, { tag, timeZone }: Reader, form: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(tag, { ...form, timeZone }).format(new Date(text));

const UNITS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3_600 },
  { unit: "minute", seconds: 60 },
] as const;

/** In the largest unit that fits without a rest: 36 hours are not "1 day". */
const duration = (text: string, { tag }: Reader): string => {
  const seconds = Number(text);
  const fit = UNITS.find((unit) => seconds >= unit.seconds && seconds % unit.seconds === 0);
  const { unit, seconds: one } = fit ?? UNITS[2];
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.ceil(seconds / one),
  );
};

const MONEY = /^(?<amount>-?\d{1,12}(?:\.\d{1,4})?) (?<currency>[A-Z]{3})$/;

const money = (text: string, { tag }: Reader): string => {
  const { amount, currency } = MONEY.exec(text)?.groups ?? {};
  if (amount === undefined || currency === undefined) return text;
  // A decimal given as text is formatted digit by digit, so no cent is lost to a float.
  return new Intl.NumberFormat(tag, { style: "currency", currency }).format(amount as "0");
};

// oxlint-disable-next-line no-control-regex -- removing them is the point
const NO_LINE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/**
 * A control character in a variable is a mistake or an attack: every variable is one line, and none
 * turns the direction of what follows it.
 */
const oneLine = (text: string): string => text.replaceAll(NO_LINE, " ").trim();

/** A variable as its reader says it. Throws for a moment that is none: senders were checked. */
export const wording = (kind: VariableKind, value: string, reader: Reader): string => {
  switch (kind) {
    case "time":
      return date(value, reader, TIME);
    case "day":
      return date(value, reader, DAY);
    case "duration":
      return duration(value, reader);
    case "money":
      return oneLine(money(value, reader));
    case "text":
    case "link":
    case "secret":
      return oneLine(value);
    default:
      return kind satisfies never;
  }
};

import { ShownName } from "@luna/shared/shown-name";
import * as v from "valibot";

/** The URL parser skips these, so what is stored would not be what was checked. */
const SKIPPED_IN_URL = /[\p{Cc} ]/u;

const isHttps = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url?.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    !SKIPPED_IN_URL.test(text)
  );
};

const isTimezone = (text: string): boolean => {
  try {
    // Intl also takes offsets such as "+01:00", which know no summer time.
    return (
      /^[A-Z]/i.test(text) &&
      Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== ""
    );
  } catch {
    return false;
  }
};

const isLocale = (text: string): boolean => {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
};

/** The five fields a user may write. A strict object: any other field refuses the whole change. */
export const ProfileChange = v.strictObject({
  name: v.optional(v.pipe(ShownName, v.minLength(1, "must not be empty"))),
  avatarUrl: v.optional(
    v.nullable(
      v.pipe(v.string(), v.maxLength(2_048), v.check(isHttps, "must be an https:// address")),
    ),
  ),
  locale: v.optional(
    v.pipe(v.string(), v.maxLength(35), v.check(isLocale, "must be a BCP 47 language tag")),
  ),
  timezone: v.optional(
    v.pipe(v.string(), v.maxLength(64), v.check(isTimezone, "must be an IANA time zone")),
  ),
  marketingOptIn: v.optional(v.boolean()),
});
export type ProfileChange = v.InferOutput<typeof ProfileChange>;

import * as v from "valibot";

/** Long enough for any real name, short enough for a mail greeting. Code points are not counted. */
const MAX_NAME = 100;

/**
 * Control characters break mails and terminals; those of direction let a name pass for another one and
 * turn the text around it. Nothing a person types contains them.
 */
const PLAIN = /^[^\p{Cc}\p{Bidi_Control}]*$/u;

/** A letter, digit or sign that leaves ink. U+2800 is the Braille pattern without dots. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v;

/** Text that others will read as a name, or none at all. */
export const ShownName = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_NAME, `must have at most ${MAX_NAME} characters`),
  v.regex(PLAIN, "must not contain control characters"),
  v.check((text) => text === "" || VISIBLE.test(text), "must have something to see"),
);

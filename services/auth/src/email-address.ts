import * as v from "valibot";

/** RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all. */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

/** ASCII dot-atom @ dotted LDH domain: what SMTP without extensions can carry. */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

export const EmailAddress = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_ADDRESS, "is too long"),
  v.check(
    (text) => ADDRESS.test(text) && text.indexOf("@") <= MAX_LOCAL,
    "must be an e-mail address",
  ),
);

/** Two spellings of one mailbox must not become two accounts. Providers ignore case in practice. */
export const emailKey = (email: string): string => email.toLowerCase();

import * as v from "valibot";

/** RFC 5321 §4.5.3.1, in octets. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;
const MAX_ADDRESS = 254;

/** RFC 5322 dot-atom. Quoted local parts, comments and groups are legal, unused, and a way in. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The A-label form of a domain, or `null`. Anything a URL parser would reinterpret is refused first. */
const asciiDomain = (domain: string): string | null => {
  if (/[\p{C}\p{Z}"%#/:;<>?@[\\\]^`{|},()]/u.test(domain)) return null;
  let ascii: string;
  try {
    ascii = new URL(`http://${domain}/`).hostname;
  } catch {
    return null;
  }
  const labels = ascii.split(".");
  const named = labels.length > 1 || ascii === "localhost";
  // A last label of digits is an IP address to the URL parser, and no mail domain.
  return named && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "")
    ? ascii
    : null;
};

/**
 * The address as it may stand in `RCPT TO:<…>` and in a header: an ASCII dot-atom, `@`, a domain in
 * A-label form. `null` for everything else; there is no escaping, so nothing can be escaped from.
 */
export const parseAddress = (text: string): string | null => {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  if (local.length > MAX_LOCAL || !LOCAL_PART.test(local)) return null;
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === null || domain.length > MAX_DOMAIN) return null;
  const address = `${local}@${domain}`;
  return address.length > MAX_ADDRESS ? null : address;
};

/** A sender: an address with an optional name. */
export interface Mailbox {
  name: string;
  address: string;
}

/** `Luna <no-reply@example.com>` or `no-reply@example.com`, as an operator writes it in a variable. */
export const Mailbox = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): Mailbox => {
    const named = /^([^<>"\\\r\n]*)<([^<>]+)>$/.exec(dataset.value.trim());
    const address = parseAddress(named?.[2] ?? dataset.value.trim());
    if (address !== null) return { name: (named?.[1] ?? "").trim(), address };
    addIssue({ message: "is not a mail address" });
    return NEVER;
  }),
);

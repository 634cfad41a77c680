import type { MailIntent } from "@luna/shared/rpc/mailer";

import { ADDRESSES, TEXTS } from "./injection-corpus.ts";
import { intent } from "./intents.ts";
import { atRest } from "./mail-audit.ts";
import { startMailMesh } from "./mail-mesh.ts";
import { sendNaively } from "./naive-smtp.ts";
import { type Dialogue, startRecordingSmtp } from "./recording-smtp.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";

/** RFC 5321 commands as a client has any reason to say them, one recipient to a mail. */
const COMMANDS = [
  /^(?:EHLO|HELO) [A-Za-z0-9.-]+$/,
  /^MAIL FROM:<[\x21-\x3b\x3d\x3f-\x7e]+@[A-Za-z0-9.-]+>$/,
  /^RCPT TO:<[\x21-\x3b\x3d\x3f-\x7e]+@[A-Za-z0-9.-]+>$/,
  /^(?:DATA|RSET|NOOP|QUIT)$/,
];

/** The header fields a mail of ours has; a second one of a name is as strange as a new name. */
const FIELDS = new Set([
  "date",
  "from",
  "reply-to",
  "to",
  "message-id",
  "subject",
  "auto-submitted",
  "x-mail-id",
  "mime-version",
  "content-type",
  "list-unsubscribe",
  "list-unsubscribe-post",
]);

const strangeHeader = (data: readonly string[]): boolean => {
  const seen = new Set<string>();
  for (const line of data.slice(0, data.indexOf(""))) {
    if (/^[ \t]/.test(line)) continue;
    const name = /^([!-9;-~]+):/.exec(line)?.[1]?.toLowerCase() ?? "";
    if (!FIELDS.has(name) || seen.has(name)) return true;
    seen.add(name);
  }
  return false;
};

/** Whether somebody other than the one meant was written to, or something else was said. */
const escaped = ({ commands, data }: Dialogue, allowed: ReadonlySet<string>): boolean => {
  const recipients = commands.flatMap((line) => /^RCPT TO:<(.*)>/i.exec(line)?.[1] ?? []);
  return (
    commands.some((line) => !COMMANDS.some((form) => form.test(line))) ||
    recipients.length > 1 ||
    recipients.some((address) => !allowed.has(address)) ||
    strangeHeader(data)
  );
};

/** A letter with each text in every variable, and one to each address. */
const letters = (): MailIntent[] => [
  ...TEXTS.map((text, index) =>
    intent(`text-${index}`, { vars: { name: text, plan: text, amount: text, invoice: text } }),
  ),
  ...ADDRESSES.map((to, index) => intent(`address-${index}`, { to })),
];

/** RFC 5322 dot-atoms at an ASCII domain: `%0d` is four harmless characters of one. */
const PLAIN = /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/;

/** Addresses that may stand in a command as they are, or in the ASCII form of their domain. */
const allowedOf = (mails: readonly MailIntent[]): Set<string> =>
  new Set([
    ...mails.map(({ to }) => to).filter((to) => PLAIN.test(to)),
    "a@xn--bcher-kva.test",
    "a@b.test",
  ]);

const run = async (context: Run) => {
  const { say } = context;
  const mails = letters();
  const allowed = allowedOf(mails);
  const server = await startRecordingSmtp();
  context.atEnd(() => server.close());
  const mesh = await startMailMesh(context, {
    vars: {
      MAIL_TRANSPORT: "smtp",
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      MAIL_BACKOFF: "[0]",
    },
  });
  // One by one: an intent that is refused whole has not escaped, and must not shield its neighbours.
  let refused = 0;
  for (const mail of mails) if ((await mesh.feed([mail]))?.accepted !== true) refused += 1;
  await atRest(mesh.ledger);
  await mesh.stop();
  const ours = server.dialogues.filter((dialogue) => escaped(dialogue, allowed));
  for (const { commands } of ours.slice(0, 3))
    say(`  escaped: ${JSON.stringify(commands).slice(0, 90)}`);
  say(
    `  ${mails.length} letters: ${refused} not accepted, ${server.dialogues.length} reached the server`,
  );
  if (server.dialogues.length === 0) throw new Error("no letter arrived: nothing was tried");

  const control = await startRecordingSmtp();
  context.atEnd(() => control.close());
  for (const { to, vars } of mails) await sendNaively(control.port, to, vars["name"] ?? "");
  const caught = control.dialogues.filter((dialogue) => escaped(dialogue, allowed)).length;
  return [
    figure("injection.escaped", ours.length, context.quick),
    figure("injection.control_caught", caught, context.quick),
  ];
};

/** What people can write never becomes a header, a command or a recipient. */
export const injection: Section = {
  ids: ["injection.escaped", "injection.control_caught"],
  subject: "mail",
  lane: "lone",
  run,
};

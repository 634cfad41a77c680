import type { Command } from "commander";

import type { MailOptions } from "./mail.ts";

const conditions = (command: Command): Command =>
  command
    .option("--state <state>", "queued, retry, sent, failed, dead, expired, suppressed or held")
    .option("--template <name>", "such as receipt")
    .option("--to <address>", "the recipient")
    .option("--since <time>", "accepted at or after, such as 2027-01-31 or 2027-01-31T12:00:00Z")
    .option("--until <time>", "accepted before");

const VERBS = [
  ["retry", "send mails again that ended badly"],
  ["release", "send held mails, though they may have gone out before"],
  ["drop", "never send mails that wait, are held or dead"],
] as const;

/** What steers the delivery as a whole. */
const addSettings = (mail: Command, exit: (code: number) => void): void => {
  const settings = () => import("./mail-settings.ts");
  mail
    .command("summary")
    .description("every mail counted by state, and whether mail flows")
    .action(async () => exit(await (await settings()).summary()));
  mail
    .command("transport")
    .description("send all mail through another transport from now on")
    .argument("<name>", "sendgrid, smtp or cloudflare")
    .action(async (name: string) => exit(await (await settings()).transport(name)));
  for (const [verb, paused, description] of [
    ["pause", true, "hold the mails of one template"],
    ["resume", false, "let the mails of a paused template go"],
  ] as const)
    mail
      .command(verb)
      .description(description)
      .argument("<template>", "such as receipt")
      .action(async (template: string) => exit(await (await settings()).pause(template, paused)));
  mail
    .command("suppressions")
    .description("addresses that get no mail, and why")
    .option("--cursor <text>", "nextCursor of the page before")
    .action(async ({ cursor }: { cursor?: string }) =>
      exit(await (await settings()).suppressions(cursor)),
    );
  mail
    .command("lift")
    .description("let mail go to an address again")
    .argument("<address>", "as `mail suppressions` prints it")
    .action(async (address: string) => exit(await (await settings()).lift(address)));
};

/** Adds `luna mail …`; what a command does is loaded when it is asked for. */
export const addMailCommands = (program: Command, exit: (code: number) => void): void => {
  const mail = program.command("mail").description("look at mails and repair their delivery");
  const actions = () => import("./mail.ts");

  mail
    .command("preview")
    .description("write every mail in every language into a folder, with a page that shows them")
    .option("--out <folder>", "where to", ".wrangler/mail-preview")
    .action(async ({ out }: { out: string }) =>
      exit(await (await import("../mail/preview.ts")).preview(out)),
    );

  conditions(mail.command("list").description("mails, newest first; never what is in them"))
    .option("--limit <count>", "at most 100")
    .option("--cursor <text>", "nextCursor of the page before")
    .action(async (options: MailOptions & { cursor?: string }) =>
      exit(await (await actions()).list(options)),
    );

  mail
    .command("show")
    .description("one mail and everything that happened to it")
    .argument("<mail>", "as `mail list` prints it")
    .action(async (id: string) => exit(await (await actions()).show(id)));

  for (const [verb, description] of VERBS)
    conditions(mail.command(verb).description(`${description}: those named, or all that fit`))
      .argument("[mails...]", "as `mail list` prints them")
      .option("--limit <count>", "the oldest so many, at most 500")
      .option("--dry-run", "only say which", false)
      .action(async (ids: string[], options: MailOptions & { dryRun: boolean }) =>
        exit(await (await actions()).change(verb, ids, options)),
      );

  addSettings(mail, exit);
};

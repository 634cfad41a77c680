import type { Command } from "commander";

import type { PageOptions, Search } from "./billing.ts";

const paged = (command: Command): Command =>
  command
    .option("--limit <count>", "at most 100")
    .option("--cursor <text>", "nextCursor of the page before");

/** Adds `luna billing …`; what a command does is loaded when it is asked for. */
export const addBillingCommands = (program: Command, exit: (code: number) => void): void => {
  const billing = program.command("billing").description("find and repair purchases");
  const actions = () => import("./billing.ts");

  billing
    .command("find")
    .description("what somebody bought, by e-mail, order or customer")
    .option("--email <address>", "the address typed at the checkout")
    .option("--order <id>", "the id or the identifier on the receipt")
    .option("--customer <id>", "the provider's customer")
    .action(async (search: Search) => exit(await (await actions()).find(search)));

  paged(billing.command("events").description("the inbox of webhooks, newest first"))
    .option("--state <state>", "received, applied, stale, parked, unlinked or dead")
    .action(async (query: PageOptions & { state?: string }) =>
      exit(await (await actions()).events(query)),
    );

  billing
    .command("link")
    .description("give the purchase of an unlinked event to a user")
    .argument("<event>", "as `billing find` or `billing events` prints it")
    .requiredOption("--user <id>", "whose purchase it is")
    .action(async (event: string, { user }: { user: string }) =>
      exit(await (await actions()).link(event, user)),
    );

  billing
    .command("replay")
    .description("apply an event once more")
    .argument("<event>", "as `billing events` prints it")
    .action(async (event: string) => exit(await (await actions()).replay(event)));

  billing
    .command("grant")
    .description("give a user a plan for a while")
    .argument("<user>", "the user's id")
    .requiredOption("--plan <plan>", "starter, pro or enterprise")
    .requiredOption("--until <time>", "when it ends, such as 2027-01-31")
    .requiredOption("--reason <text>", "for whoever asks later")
    .action(async (user: string, options: { plan: string; until: string; reason: string }) =>
      exit(await (await actions()).grant(user, options)),
    );

  paged(billing.command("grants").description("plans that were given, newest first"))
    .option("--user <id>", "only this user's")
    .option("--state <state>", "live or over")
    .action(async (query: PageOptions & { user?: string; state?: string }) =>
      exit(await (await actions()).grants(query)),
    );

  billing
    .command("end-grant")
    .description("take back a plan that was given")
    .argument("<user>", "the user's id")
    .argument("<grant>", "as `billing grant` and `billing grants` print it")
    .action(async (user: string, grantId: string) =>
      exit(await (await actions()).endGrant(user, grantId)),
    );

  billing
    .command("reconcile")
    .description("compare with the provider, repair, and print what differed")
    .option("--recent", "only what changed lately or looks odd", false)
    .action(async (options: { recent: boolean }) =>
      exit(await (await actions()).reconcile(options)),
    );

  billing
    .command("rebuild")
    .description("compare the tables with the stored deliveries, and print what differed")
    .option("--repair", "and make them so", false)
    .action(async (options: { repair: boolean }) => exit(await (await actions()).rebuild(options)));
};

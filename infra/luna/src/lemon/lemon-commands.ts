import { Argument, type Command, InvalidArgumentError, Option } from "commander";

import type { Asked } from "./lemon.ts";

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError("Use a number.");
  return value;
};
const numbers = (text: string): number[] => text.split(",").map(number);
const words = (text: string): string[] => text.split(",");
const time = (text: string): string => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("Use a time such as 2027-01-31.");
  return new Date(ms).toISOString();
};

const TIERS = ["starter", "pro", "enterprise"];
const KEY_STATUSES = ["inactive", "active", "expired", "disabled"];

/** What happens to a subscription without further words. */
const PLAIN = [
  ["renew", "the next period is paid, or the first after a trial"],
  ["fail", "a charge fails; four in a row leave it unpaid"],
  ["recover", "the failed charge succeeds"],
  ["unpause", "a pause ends"],
  ["cancel", "it ends when the paid period does"],
  ["resume", "a cancelled one goes on"],
  ["expire", "it ends now"],
] as const;

/** Adds `luna lemon …`; what a command does is loaded when it is asked for. */
export const addLemonCommands = (program: Command, exit: (code: number) => void): void => {
  const lemon = program.command("lemon").description("drive the LemonSqueezy emulator");
  const actions = () => import("./lemon.ts");
  const on = (command: Command): Command =>
    command.requiredOption("--subscription <id>", "as `lemon pay` printed it");
  const act = (action: string) => async (options: Asked & { subscription: string }) => {
    const { subscription, ...asked } = options;
    exit(await (await actions()).act(action, subscription, asked));
  };

  lemon.commandsGroup("Buying:");
  const buying = (name: string, description: string): Command =>
    lemon
      .command(name)
      .description(description)
      .requiredOption("--email <address>", "the buyer")
      .option("--quantity <seats>", "how many seats", number)
      .addOption(
        new Option("--processor <name>", "who takes the money").choices(["stripe", "paypal"]),
      )
      .option("--license-key", "the product comes with a licence key")
      .action(async (asked: Asked) => exit(await (await actions()).pay(asked)));
  buying("pay", "pay the newest open checkout of an address");
  buying("trial", "start it as a trial").addOption(
    new Option("--trial-days <days>", "until the first charge").argParser(number).default(14),
  );
  lemon
    .command("bulk")
    .description("sell to many buyers, each event at its turn")
    .option("--purchases <count>", "how many", number, 100)
    .option("--per-second <rate>", "deliveries a second", number, 100)
    .addOption(new Option("--tier <plan>", "what they buy").choices(TIERS))
    .option("--refs <list>", "custom references, taken in turn", words)
    .option("--actions <list>", "what then happens to each, such as fail,recover", words)
    .action(async (asked: Asked) => exit(await (await actions()).bulk(asked)));

  lemon.commandsGroup("Living:");
  for (const [action, description] of PLAIN)
    on(lemon.command(action).description(description)).action(act(action));
  on(lemon.command("pause").description("payment stops for a while"))
    .addOption(
      new Option("--mode <mode>", "no service, or service for free").choices(["void", "free"]),
    )
    .option("--resumes-at <time>", "until then", time)
    .action(act("pause"));
  on(lemon.command("plan").description("another plan"))
    .addOption(new Option("--tier <plan>", "which").choices(TIERS).makeOptionMandatory())
    .option("--invoice-now", "charge the difference at once")
    .action(act("plan"));
  on(lemon.command("seats").description("more or fewer seats"))
    .requiredOption("--quantity <seats>", "how many", number)
    .action(act("seats"));
  on(lemon.command("refund").description("the latest payment is given back"))
    .option("--amount <cents>", "only a part", number)
    .action(act("refund"));
  on(lemon.command("key").description("make a licence key, then change its status"))
    .addOption(new Option("--key-status <status>", "what it becomes").choices(KEY_STATUSES))
    .action(act("key"));

  lemon.commandsGroup("Webhooks:");
  lemon
    .command("deliveries")
    .description("what was sent and what came back, newest first")
    .addOption(new Option("--state <state>").choices(["pending", "delivered", "dropped"]))
    .option("--limit <count>", "how many", "20")
    .action(async (asked: { state?: string; limit: string; json: boolean }) =>
      exit(await (await actions()).deliveries(asked)),
    );
  lemon
    .command("resend")
    .description("send one again, as the dashboard's button does")
    .argument("<delivery>", "as `lemon deliveries` printed it")
    .option("--times <count>", "so often at once", number, 1)
    .action(async (id: string, asked: { times: number; json: boolean }) =>
      exit(await (await actions()).resend(id, asked)),
    );
  lemon
    .command("journal")
    .description("count deliveries, answers and API calls")
    .action(async (asked: Asked) => exit(await (await actions()).journal(asked)));
  lemon
    .command("trace")
    .description("send the events of a known trouble, or list them")
    .argument("[name]")
    .option("--ref <reference>", "whose checkout it was")
    .option("--copy <number>", "another buyer, with ids of their own", number)
    .option("--order <list>", "events by number from 0, such as 2,0,0,1", numbers)
    .action(async (name: string | undefined, asked: Asked) =>
      exit(await (await actions()).trace(name, asked)),
    );

  lemon.commandsGroup("Weather:");
  lemon
    .command("chaos")
    .description("show or change what happens to webhooks")
    .option("--calm", "nothing from now on")
    .option("--seed <number>", "the same run again", number)
    .option("--drop <share>", "events never sent", number)
    .option("--drop-whole <share>", "purchases of which nothing is ever sent", number)
    .option("--repeat <share>", "delivered events sent again", number)
    .option("--times <count>", "how often those are repeated", number)
    .option("--reorder <share>", "events overtaken by later ones", number)
    .option("--delay <seconds>", "every event waits up to so long", number)
    .option("--wrong-secret <share>", "attempts signed with another secret", number)
    .option("--status <code>", "what the sender believes it was answered", number)
    .option("--status-rate <share>", "how often it believes so", number)
    .action(async (asked: Asked) => exit(await (await actions()).chaos(asked)));
  lemon
    .command("fault")
    .description("break the API, or with none mend it")
    .addArgument(new Argument("<mode>", "how").choices(["none", "503", "slow", "429"]))
    .option("--rate <share>", "of the calls", number, 1)
    .action(async (mode: string, asked: { rate: number; json: boolean }) =>
      exit(await (await actions()).fault(mode, asked)),
    );
  lemon
    .command("limit")
    .description("let the API take so many calls a minute")
    .argument("<calls>", "300 is the provider's", number)
    .action(async (calls: number, asked: Asked) =>
      exit(await (await actions()).limit(calls, asked)),
    );

  for (const command of lemon.commands) command.option("--json", "print for a program", false);
};

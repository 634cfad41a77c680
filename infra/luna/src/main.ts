import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { addLemonCommands } from "./lemon/lemon-commands.ts";
import { addBillingCommands } from "./operate/billing-commands.ts";
import { addMailCommands } from "./operate/mail-commands.ts";
import { QUIET } from "./quiet.ts";
import { Complaint } from "./settings.ts";

// Whoever starts us, wrangler and turbo inherit the quiet.
Object.assign(process.env, { ...QUIET, ...process.env });

const program = new Command("luna").description("Runs, migrates, plans and deploys Luna Mesh.");

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Use a whole number.");
  return value;
};

/** Each command is loaded when it is asked for, so that `luna --help` answers at once. */
const exit = (code: number): never => process.exit(code);

program
  .command("dev")
  .description("start the whole mesh on this machine")
  .action(async () => exit(await (await import("./dev/dev.ts")).dev()));

program
  .command("test")
  .description("run every test")
  .argument("[arguments...]", "passed on to turbo")
  .allowUnknownOption()
  .action(async (args: string[]) =>
    exit(await (await import("./test/run-tests.ts")).runTests(args)),
  );

program
  .command("generate")
  .description("write the checked-in files that are made from the route tables")
  .option("--check", "only compare, and fail if one is out of date", false)
  .action(async (options: { check: boolean }) =>
    exit(await (await import("./generate.ts")).generate(options)),
  );

program
  .command("migrate")
  .description("show or change the schemas of all services' databases")
  .addArgument(new Argument("<direction>", "what to do").choices(["status", "up", "down"]))
  .argument("[count]", "migrations per database (all for up, 1 for down)", count)
  .option("--dry-run", "print what would run", false)
  .addOption(new Option("--local", "the databases in STATE_DIR (default)").conflicts("remote"))
  .option("--remote", "the deployed databases", false)
  .option("--service <name>", "only this service")
  .action(
    async (
      direction: "status" | "up" | "down",
      limit: number | undefined,
      options: { dryRun: boolean; remote: boolean; service?: string },
    ) => {
      const { migrate } = await import("./migrate/migrate.ts");
      exit(
        await migrate({ direction, ...options, ...(limit === undefined ? {} : { count: limit }) }),
      );
    },
  );

program
  .command("plan")
  .description("name the services that the commits since a revision affect")
  .option("--base <revision>", "what is deployed now (default: the commit before)")
  .option("--all", "nothing is deployed yet: plan every service", false)
  .option("--json", "print for a program", false)
  .action(async ({ json, ...options }: { base?: string; all: boolean; json: boolean }) => {
    const { makePlan } = await import("./deploy/plan.ts");
    const { planText } = await import("./deploy/print-plan.ts");
    const plan = makePlan(options);
    console.log(json ? JSON.stringify(plan, null, 2) : planText(plan));
    exit(0);
  });

program
  .command("deploy")
  .description("deploy one service: schema, code, triggers, smoke test")
  .argument("<service>", "a folder of services/")
  .option("--first <secrets>", "first deploy ever, with a JSON file of its secrets")
  .action(async (service: string, options: { first?: string }) =>
    exit(await (await import("./deploy/deploy.ts")).deploy(service, options)),
  );

program
  .command("size")
  .description("hold every built Worker against its size budget")
  .action(async () => exit((await import("./deploy/size.ts")).size()));

const secrets = program.command("secrets").description("what the services keep secret");
secrets
  .command("check")
  .description("list the secrets each service needs and which of them this machine has")
  .action(async () => exit((await import("./state/check-secrets.ts")).checkSecrets()));

addLemonCommands(program, exit);
addBillingCommands(program, exit);
addMailCommands(program, exit);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Complaint)) throw error;
  console.error(error.message);
  exit(1);
}

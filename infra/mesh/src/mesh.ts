import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startLemonSqueezy, type LemonSqueezy } from "@luna/local/lemonsqueezy";
import { startMailSink, type MailSink } from "@luna/local/mail-sink";
import { freePort } from "luna/dev/port";
import { localConfig } from "luna/dev/local-config";
import { ROOT } from "luna/root";
import { readServices, type Service, type WranglerConfig } from "luna/service";
import { SECRETS } from "luna/state/secret";
import { createTestHarness, type TestHarness, type TestHarnessOptions } from "wrangler";

import { breach } from "./contract.ts";

/** The webhook ladder of 0/5/30/155 s, in hundredths: a test has no minutes to spare. */
const RETRY_SCALE_MS = 10;

type Worker = TestHarnessOptions["workers"][number];

/** Any number will do: the emulator sells for whichever store it is told to be. */
const STORE_ID = "214097";

export interface MeshOptions {
  /** Secrets or variables by name; `null` leaves one out. */
  values?: Record<string, string | null>;
  /** Services in an outage: `down` fails every call at once, `hung` never answers one. */
  absent?: Absent;
  /** Multiplies every limit, as `npm start` does; tests about something else must not meet one. */
  rateLimitScale?: number;
}

type Absent = Readonly<Record<string, "down" | "hung">>;

export interface Mesh {
  server: TestHarness;
  sink: MailSink;
  lemon: LemonSqueezy;
  secrets: Record<string, string>;
  /** A request through the public door, checked against the OpenAPI document. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Takes services away or brings them back; storage stays. */
  change(absent: Absent): Promise<void>;
  close(): Promise<void>;
}

/** The derived file lies elsewhere, so it has to say where the migrations are. */
const withMigrations = (config: WranglerConfig, folder: string): WranglerConfig => ({
  ...config,
  d1_databases: (config.d1_databases ?? []).map((database) => ({
    ...database,
    migrations_dir: join(folder, "migrations"),
    migrations_pattern: join(folder, "migrations/*/up.sql"),
  })),
});

/** The gateway is bound to this class itself, so an outage of users must still have one. */
const subjectClass = {
  durable_objects: { bindings: [{ name: "SUBJECTS", class_name: "Subject" }] },
  exports: { Subject: { type: "durable-object", storage: "sqlite" } },
} as const;

const absentWorker = (service: Service, how: "down" | "hung"): Worker => ({
  config: {
    name: service.name,
    main: join(import.meta.dirname, `absent/${how}.ts`),
    compatibility_date: String(service.config["compatibility_date"]),
    ...(service.name === "users" ? subjectClass : {}),
  },
});

/** The gateway must come first: the primary Worker answers what names no other. */
const gatewayFirst = (a: { name: string }, b: { name: string }): number =>
  Number(b.name === "gateway") - Number(a.name === "gateway");

/** The six Workers from their own configurations and built bundles, with real mail and billing beside them. */
export const startMesh = async ({
  values = {},
  absent = {},
  rateLimitScale = 1_000,
}: MeshOptions = {}): Promise<Mesh> => {
  const folder = mkdtempSync(join(tmpdir(), "luna-mesh-"));
  const services = readServices(ROOT).sort(gatewayFirst);
  const names = new Set(services.flatMap(({ config }) => config.secrets?.required ?? []));
  const secrets = Object.fromEntries([...names].map((name) => [name, SECRETS[name]?.make() ?? ""]));

  const sink = await startMailSink({
    httpPort: 0,
    smtpPort: 0,
    file: join(folder, "mail.jsonl"),
  });
  const lemonPort = await freePort();
  const vars = {
    ENVIRONMENT: "local",
    API_URL: "http://localhost:8787",
    MAIL_TRANSPORT: "smtp",
    SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`,
    LEMONSQUEEZY_API_URL: `http://127.0.0.1:${lemonPort}`,
    LEMONSQUEEZY_STORE_ID: STORE_ID,
    RATE_LIMIT_SCALE: String(rateLimitScale),
  };
  const overrides = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null),
  ) as Record<string, string>;

  const presentWorker = (service: Service): Worker => {
    const local = localConfig(service, { vars, secrets, rateLimitScale, env: overrides });
    const configPath = join(folder, `${service.name}.json`);
    writeFileSync(configPath, JSON.stringify(withMigrations(local.config, service.folder)));
    return {
      configPath,
      prebuiltWorkerDir: join(service.folder, "dist"),
      vars: local.config.vars as Record<string, string>,
      secrets: Object.fromEntries(
        Object.entries(local.secrets).filter(([name]) => values[name] !== null),
      ),
    };
  };
  const optionsFor = (missing: Absent): TestHarnessOptions => ({
    root: ROOT,
    workers: services.map((service) => {
      const how = missing[service.name];
      return how === undefined ? presentWorker(service) : absentWorker(service, how);
    }),
  });
  const migrate = async (missing: Absent): Promise<void> => {
    for (const { name, config } of services)
      if ((config.d1_databases ?? []).length > 0 && missing[name] === undefined)
        await server.getWorker(name).applyD1Migrations("DB");
  };

  const server = createTestHarness(optionsFor(absent));
  const { url } = await server.listen();
  await migrate(absent);

  const lemon = await startLemonSqueezy({
    port: lemonPort,
    file: join(folder, "lemonsqueezy.jsonl"),
    webhookUrl: new URL("/webhooks/lemonsqueezy", url).href,
    webhookSecret: secrets["LEMONSQUEEZY_WEBHOOK_SECRET"] ?? "",
    apiKey: secrets["LEMONSQUEEZY_API_KEY"] ?? "",
    storeId: STORE_ID,
    retryScaleMs: RETRY_SCALE_MS,
  });

  return {
    server,
    sink,
    lemon,
    secrets,
    async fetch(path, init) {
      const response = (await server.fetch(path, init as never)) as unknown as Response;
      const problem = await breach(
        init?.method ?? "GET",
        new URL(path, url).pathname,
        response.clone(),
      );
      if (problem !== null) throw new Error(problem);
      return response;
    },
    async change(missing) {
      await server.update(optionsFor(missing));
      await migrate(missing);
    },
    async close() {
      await server.close();
      await Promise.all([lemon.close(), sink.close()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};

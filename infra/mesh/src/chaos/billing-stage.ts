import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startMailSink, type MailSink } from "@luna/local/mail-sink";
import type { PaidTier } from "@luna/shared/plans";
import { freePort } from "luna/dev/port";

import {
  bearer,
  type Door,
  eventually,
  join as signUp,
  json,
  PASSWORD,
  post,
  type Tokens,
} from "../people.ts";
import { newPlace, removePlace } from "../real-mesh.ts";
import { d1File } from "./d1-file.ts";
import { LiveMesh } from "./live-mesh.ts";
import { patientFetch } from "./patient-fetch.ts";
import { Provider } from "./provider.ts";
import { storeOf } from "./provider-event.ts";
import type { Run } from "./run.ts";
import { Sold } from "./sold.ts";

const STORE_ID = "214097";
/** Of `luna` rules: 16 characters and not easy to guess. */
const SECRET = "chaos-5d0b7c1f93ae";
const API_KEY = "chaos-api-key-8f2e71c4";
/** The provider's seconds in milliseconds: its ladder of 155 s takes 8. */
const SECOND_MS = 50;
/** Access tokens work for a quarter of an hour. */
const TOKENS_LAST_MS = 600_000;
const CHECKOUT_LIMIT_MS = 120_000;
const ADMIN = "operator@chaos.test";

export interface Buyer {
  email: string;
  tokens: Tokens;
}

/** The mesh as `npm start` runs it, with the provider and the mailbox outside of what is killed. */
export interface BillingStage extends Door {
  mesh: LiveMesh;
  sink: MailSink;
  provider: Provider;
  secret: string;
  /** SQLite files of the services' databases. */
  billing: string;
  users: string;
  mail: string;
  store: ReturnType<typeof storeOf>;
  /** Signed up with an address of this name; the same one when asked again. */
  join: (name: string) => Promise<Buyer>;
  admin: () => Promise<Tokens>;
  /** A checkout through the public door, paid `at` a time; nothing is delivered yet. */
  buy: (buyer: Buyer, tier: PaidTier, at: number) => Promise<Sold>;
  secretsFile: Record<string, string>;
}

const start = async (run: Run): Promise<BillingStage> => {
  const place = await newPlace();
  run.atEnd(() => removePlace(place));
  const sink = await startMailSink({
    httpPort: 0,
    smtpPort: 0,
    file: join(place.stateDir, "chaos-mail.jsonl"),
  });
  run.atEnd(() => sink.close());
  const provider = new Provider({
    port: await freePort(),
    file: join(place.stateDir, "chaos-provider.jsonl"),
    webhookUrl: `http://127.0.0.1:${place.port}/webhooks/lemonsqueezy`,
    webhookSecret: SECRET,
    apiKey: API_KEY,
    storeId: STORE_ID,
    retryScaleMs: SECOND_MS,
  });
  await provider.start();
  run.atEnd(() => provider.stop());
  const mesh = await LiveMesh.start(place, {
    SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`,
    LEMONSQUEEZY_API_URL: `http://127.0.0.1:${provider.options.port}`,
    LEMONSQUEEZY_STORE_ID: STORE_ID,
    LEMONSQUEEZY_API_KEY: API_KEY,
    LEMONSQUEEZY_WEBHOOK_SECRET: SECRET,
    ADMIN_EMAILS: ADMIN,
    // Everybody here is one address: the limits are another test's business.
    RATE_LIMIT_SCALE: "1000",
  });
  run.atEnd(() => mesh.stop());

  const door: Door = { sink, fetch: (path, init) => patientFetch(`${mesh.url}${path}`, init) };
  const buyers = new Map<string, { buyer: Promise<Buyer>; at: number }>();
  const enter = async (name: string): Promise<Buyer> => {
    const email = `${name}@chaos.test`;
    return { email, tokens: await signUp(door, email) };
  };
  const signIn = async (name: string): Promise<Buyer> => {
    const email = `${name}@chaos.test`;
    const credentials = post({ email, password: PASSWORD });
    return { email, tokens: await json<Tokens>(door.fetch("/v1/auth/sign-in", credentials)) };
  };
  const enterOnce = (name: string): Promise<Buyer> => {
    const known = buyers.get(name);
    if (known !== undefined && Date.now() - known.at < TOKENS_LAST_MS) return known.buyer;
    const buyer = known === undefined ? enter(name) : signIn(name);
    buyers.set(name, { buyer, at: Date.now() });
    return buyer;
  };
  return {
    ...door,
    mesh,
    sink,
    provider,
    secret: SECRET,
    billing: d1File(place.stateDir, "inbox"),
    users: d1File(place.stateDir, "users", "marketing_opt_in"),
    mail: d1File(place.stateDir, "mails"),
    store: storeOf(STORE_ID),
    join: enterOnce,
    admin: async () => (await enterOnce("operator")).tokens,
    async buy({ email, tokens }, tier, at) {
      // The service asks the provider at most once a second in the long run, and says so.
      await eventually(
        "a checkout",
        async () => {
          const ordered = post({ plan: tier }, bearer(tokens));
          return (await door.fetch("/v1/billing/checkout", ordered)).status === 201;
        },
        CHECKOUT_LIMIT_MS,
      );
      return new Sold(storeOf(STORE_ID), provider.checkoutFor(email), at);
    },
    secretsFile: JSON.parse(readFileSync(join(place.stateDir, "secrets.json"), "utf8")) as Record<
      string,
      string
    >,
  };
};

/** After a kill, or on a machine that has much else to do. */
const UP_LIMIT_MS = 120_000;

const isUp = async ({ mesh }: BillingStage): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(5_000);
    return (await fetch(`${mesh.url}/health`, { signal })).status === 200;
  } catch {
    return false;
  }
};

/** One mesh serves all parts of a run that are about billing; it starts with the first. */
export const billingStage = async (run: Run): Promise<BillingStage> => {
  const known = run.shared.get("billing") ?? start(run);
  run.shared.set("billing", known);
  const stage = (await known) as BillingStage;
  await eventually("the mesh to be healthy", () => isUp(stage), UP_LIMIT_MS);
  return stage;
};

import { newTrace } from "@luna/shared/trace";
import type { MailerForServices, MailIntent } from "@luna/shared/rpc/mailer";
import { sealPurpose } from "@luna/shared/rpc/mailer";
import { seal } from "@luna/shared/key-set";
import { createDatabase } from "@luna/shared/d1/database";
import { applyD1Migrations, createExecutionContext, reset } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";

import { acceptMails } from "./accept-mails.ts";
import type { ClaimedMail } from "./claimed-mail.ts";
import { deliverDue } from "./deliver-due.ts";
import { deliveryLedger } from "./delivery-store.ts";
import { deliveryOf, sweeperOf } from "./delivery.ts";
import type { Env } from "./env.ts";
import { service } from "./service.ts";
import { ledger } from "./store.ts";
import type { Transport } from "./transport.ts";

interface TestEnv extends Env {
  MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
  SINK_URL: string;
  /** PKCS #8 in base64. */
  EVENT_SECRET: string;
}
export const testEnv = env as unknown as TestEnv;

/** In a future that no real alarm reaches during the tests. */
export const START = Date.UTC(2030, 0, 1, 12);
export const HOUR = 3_600_000;

export const startAfresh = async (): Promise<void> => {
  await reset();
  await applyD1Migrations(testEnv.DB, testEnv.MIGRATIONS);
  await fetch(`${testEnv.SINK_URL}/api/messages`, { method: "DELETE" });
  await sinkFault("none");
  await sendGridFault("none");
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(START);
};

const setFault = async (url: string, mode: string): Promise<void> => {
  const body = JSON.stringify({ mode, rate: 1 });
  const headers = { "content-type": "application/json" };
  await (await fetch(url, { method: "POST", headers, body })).text();
};

/** What the sink does to every mail from now on. */
export const sinkFault = (mode: string): Promise<void> =>
  setFault(`${testEnv.SINK_URL}/api/faults`, mode);

/** What SendGrid does to every mail from now on. */
export const sendGridFault = (mode: string): Promise<void> =>
  setFault(`${testEnv.SENDGRID_API_URL}/emulator/faults`, mode);

interface Received {
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}
export const received = async (): Promise<Received[]> =>
  (await fetch(`${testEnv.SINK_URL}/api/messages`)).json<Received[]>();

export const receipt = (key: string, more: Partial<MailIntent> = {}): MailIntent => ({
  key,
  template: "receipt",
  locale: "en",
  to: "ada@example.com",
  vars: { name: "Ada", plan: "Pro", amount: "$49.00", invoice: "INV-1" },
  sealed: {},
  userId: "00ada",
  expiresAt: null,
  ...more,
});

export const LINK = "https://app.example.com/verify?token=s3cr3t-0123456789";
const KEYS = { current: "t1", keys: { t1: "A".repeat(43) } };

export const verify = async (key: string, more: Partial<MailIntent> = {}): Promise<MailIntent> => ({
  ...receipt(key),
  template: "verify",
  vars: { name: "Ada" },
  sealed: { link: await seal(KEYS, LINK, sealPurpose(key)) },
  expiresAt: START + 24 * HOUR,
  ...more,
});

export const trace = newTrace("request-of-the-producer");

/** The door the other services use; its queue hint is delivered at once. */
export const door = (exports as unknown as { ForServices: MailerForServices }).ForServices;

const theDatabase = () => createDatabase(testEnv.DB);
const theLedger = () => ledger(theDatabase());
export const theDelivery = () => deliveryLedger(theDatabase());

/** Claims one mail as a run of this name would, at this time. */
export const claimOne = async (run: string, now: number): Promise<ClaimedMail | null> =>
  (await theDelivery().claim(run, "smtp", now, 1))[0] ?? null;

/** As the door does it, but the hint is lost. Returns the ids of the new mails. */
export const acceptWithoutHint = async (...intents: MailIntent[]): Promise<string[]> => {
  const desk = { ledger: theLedger(), sweeper: sweeperOf(testEnv), now: Date.now() };
  const accepted = await acceptMails(desk, intents, trace);
  if (!accepted.ok) throw new Error(`refused: ${accepted.detail}`);
  return accepted.value;
};

export const openParts = () => {
  const parts = service.open(testEnv, createExecutionContext(), newTrace());
  if (parts === null) throw new Error("misconfigured");
  return parts;
};

/** Delivers what is due now, through the sink or through `transport`. */
export const deliver = (transport?: Transport) => {
  const delivery = deliveryOf(openParts());
  return deliverDue(
    transport === undefined ? delivery : { ...delivery, openTransport: () => transport },
  );
};

export interface MailRow {
  id: string;
  state: string;
  reason: string | null;
  sealed: string | null;
  attempts: number;
  ambiguous: number;
  next_at: number;
  trace: string;
}
export const rows = async (): Promise<MailRow[]> =>
  (await testEnv.DB.prepare("SELECT * FROM mails ORDER BY id").all<MailRow>()).results;

export const onlyRow = async (): Promise<MailRow> => {
  const [row, ...others] = await rows();
  if (row === undefined || others.length > 0) throw new Error("expected exactly one mail");
  return row;
};

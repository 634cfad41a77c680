import {
  applyD1Migrations,
  createExecutionContext,
  reset,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { KeySetText } from "@luna/shared/env";
import { open } from "@luna/shared/key-set";
import type { Caller } from "@luna/shared/rpc/caller";
import { sealPurpose, type MailIntent } from "@luna/shared/rpc/mailer";
import type { EmailChange, NewUser, SubjectPush } from "@luna/shared/rpc/users";
import { exchange, type AnsweredText, type AskedText, type Body } from "@luna/shared/rpc/exchange";
import * as v from "valibot";
import { expect, vi } from "vitest";

import { argon2id } from "./argon2.ts";
import type { Env } from "./env.ts";
import type { Argon2id } from "./password.ts";
import { createAuth } from "./service.ts";
import type { Tokens } from "./tokens.ts";

/** A stand-in of vitest.config.ts. A mode other than `ok` and `throw` is the code it refuses with. */
interface Peer<Payload> {
  behave(mode: "ok" | "throw" | "unavailable" | "invalid_input"): Promise<void>;
  asked(): Promise<{ payload: Payload; requestId: string; caller: string }[]>;
}

/** What a Subject was told: a push and whose it is. */
export type Told = SubjectPush & { userId: string };

interface TestEnv extends Omit<Env, "USERS" | "MAILER"> {
  MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
  USERS: Peer<NewUser> & { pushed(): Promise<Told[]>; changed(): Promise<EmailChange[]> };
  MAILER: Peer<MailIntent[]>;
}

export const testEnv = env as unknown as TestEnv;
export const { DB, USERS, MAILER } = testEnv;
export const PEPPERS = v.parse(KeySetText, testEnv.PASSWORD_PEPPERS);

export const gateway = exports.ForGateway;
export const scheduler = exports.ForScheduler;
/** A new one each time: a reset breaks those that exist. */
export const sweeper = () => testEnv.SWEEPER.getByName("sweeper");

/** In a future that no real alarm reaches during the tests. */
export const NOW = Date.UTC(2030, 0, 15, 10);
export const SECOND = 1_000;
export const HOUR = 60 * 60 * SECOND;
export const DAY = 24 * HOUR;

/** Sets the clock of the Worker and of its objects. */
export const setTime = (time: number): void => {
  vi.setSystemTime(time);
};

export const startAfresh = async (): Promise<void> => {
  // What still goes on after the last answer would find its database gone. The first time there is none.
  await settledOutbox().catch(() => null);
  await reset();
  await applyD1Migrations(DB, testEnv.MIGRATIONS);
  await Promise.all([USERS.behave("ok"), MAILER.behave("ok")]);
  vi.useFakeTimers({ toFake: ["Date"] });
  setTime(NOW);
};

export const anonymous: Caller = {
  kind: "anonymous",
  client: { address: "192.0.2.1", region: "weur", userAgent: "a browser", language: "de" },
};

const requestOf = (path: string, body: object): Request =>
  new Request(`https://api.example.com/v1/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export const post = (path: string, body: object): Promise<Response> =>
  exchange(gateway, requestOf(path, body), anonymous);

/** The same door with other parts behind it: an engine that counts, a database that remembers. */
export const doorWith = ({
  engine = argon2id,
  change = {},
}: {
  engine?: Argon2id;
  change?: object;
}) => {
  const service = createAuth(engine);
  const changed = { ...testEnv, ...change } as unknown as Env;
  return async (path: string, body: object, caller: Caller = anonymous): Promise<Response> => {
    const context = createExecutionContext();
    const handle = (asked: AskedText, bytes: Body) =>
      service.exchange(changed, context, asked, bytes);
    const answer = await exchange({ handle }, requestOf(path, body), caller);
    await waitOnExecutionContext(context);
    return answer;
  };
};

/** D1 that remembers the text of every statement. */
export const rememberingDatabase = () => {
  const texts: string[] = [];
  const db = new Proxy(DB, {
    get: (target, name) => {
      if (name === "prepare")
        return (text: string) => {
          texts.push(text);
          return target.prepare(text);
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { texts, db };
};

/** The gateway's door to an auth whose variables are others. */
export const gatewayWith = (change: object) => {
  const service = createAuth(argon2id);
  const changed = { ...testEnv, ...change } as unknown as Env;
  return {
    handle: async (asked: AskedText, body: Body): Promise<AnsweredText> => {
      const context = createExecutionContext();
      const answered = await service.exchange(changed, context, asked, body);
      await waitOnExecutionContext(context);
      return answered;
    },
  };
};

export const PASSWORD = "correct horse battery";

export const signUp = (email: string, password = PASSWORD) =>
  post("sign-up", { email, password, name: "Ann" });

/**
 * What `read` gives once it fits, or what it gave last. Unlike `expect.poll` it leaves the clock
 * alone: that one moves a clock which the test has set.
 */
const eventually = async <T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<T> => {
  let value = await read();
  for (let round = 0; round < 1_000 && !fits(value); round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    value = await read();
  }
  return value;
};

/** Every mail the mailer was handed, oldest first, once there are `count`. */
export const mails = async (count: number): Promise<MailIntent[]> => {
  const asked = await eventually(
    () => MAILER.asked(),
    ({ length }) => length >= count,
  );
  expect(asked).toHaveLength(count);
  return asked.flatMap(({ payload }) => payload);
};

/** The outbox once nothing is under way: each row was tried, or there is none. */
export const settledOutbox = () =>
  eventually(
    () => rowsOf("outbox"),
    (rows) => rows.every(({ error }) => error !== null),
  );

const SEAL_KEYS = v.parse(KeySetText, testEnv.MAIL_SEAL_KEYS);

/** The token in a mail's link, as its reader would see it. */
export const tokenIn = async ({ key, sealed }: MailIntent): Promise<string> => {
  const link = await open(SEAL_KEYS, sealed["link"] ?? "", sealPurpose(key));
  return new URL(link ?? "").searchParams.get("token") ?? "";
};

export const tokensOf = async (answer: Response): Promise<Tokens> => {
  expect(answer.status).toBe(200);
  return answer.json();
};

/** An account with a session, the long way. */
export const createAccount = async (email: string, password = PASSWORD): Promise<Tokens> => {
  const before = (await MAILER.asked()).length;
  await signUp(email, password);
  const mail = (await mails(before + 1)).at(-1);
  if (mail === undefined) throw new Error("no mail was sent");
  return tokensOf(await post("verify-email", { token: await tokenIn(mail) }));
};

export const TABLES = [
  "sign_ups",
  "accounts",
  "sessions",
  "password_resets",
  "email_changes",
  "api_keys",
  "outbox",
  "audit",
] as const;

export const rowsOf = async (table: (typeof TABLES)[number]) =>
  (await DB.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all()).results;

export const codeOf = async (answer: Response): Promise<[number, string]> => [
  answer.status,
  (await answer.json<{ code: string }>()).code,
];

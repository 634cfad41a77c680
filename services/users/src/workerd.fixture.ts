import {
  applyD1Migrations,
  listDurableObjectIds,
  reset,
  runInDurableObject,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { answerOf, askText } from "@luna/shared/rpc/subject-text";
import type { UserCaller } from "@luna/shared/rpc/caller";
import type { Ask, Presented } from "@luna/shared/rpc/subject";
import type { NewUser, SubjectPush, SubscriptionState } from "@luna/shared/rpc/users";
import { newTrace } from "@luna/shared/trace";
import { exchange } from "@luna/shared/rpc/exchange";
import { vi } from "vitest";

import type { Subject } from "./subject.ts";

interface TestEnv {
  DB: D1Database;
  SUBJECTS: DurableObjectNamespace<Subject>;
  MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
}

const testEnv = env as unknown as TestEnv;
export const { DB, SUBJECTS } = testEnv;

export const NOW = Date.UTC(2030, 0, 15, 10);
export const DAY = 24 * 60 * 60 * 1_000;

/** Sets the clock of the Worker. */
export const setTime = (time: number): void => {
  vi.setSystemTime(time);
};

/** A reset only reaches objects that are in memory, the database among them: wake what was aborted. */
const resetOnce = async (): Promise<void> => {
  await DB.exec("SELECT 1");
  for (const id of await listDurableObjectIds(SUBJECTS))
    await runInDurableObject(SUBJECTS.get(id), () => {});
  await reset();
};

const isEmpty = async (): Promise<boolean> =>
  (await DB.prepare("SELECT 1 FROM sqlite_master WHERE name = 'users'").first()) === null;

export const startAfresh = async (): Promise<void> => {
  // On a busy machine an aborted database may wake only after the reset: until it is seen empty.
  do await resetOnce();
  while (!(await isEmpty()));
  await applyD1Migrations(DB, testEnv.MIGRATIONS);
  vi.useFakeTimers({ toFake: ["Date"] });
  setTime(NOW);
};

const client = { address: "192.0.2.1", region: "weur", userAgent: "test", language: "en" };

export const anonymous = { kind: "anonymous", client } as const;

const callerOf = (userId: string, role: UserCaller["role"] = "user"): UserCaller => ({
  kind: "user",
  client,
  userId,
  credential: { kind: "session", sessionId: "s1" },
  role,
  tier: "free",
});

export const gateway = exports.ForGateway;
export const auth = exports.ForAuth;
export const billing = exports.ForBilling;
export const scheduler = exports.ForScheduler;

export const newUser = (userId: string, change: Partial<NewUser> = {}): NewUser => ({
  userId,
  email: `${userId}@example.com`,
  name: `Name of ${userId}`,
  locale: "en",
  region: "weur",
  createdAt: NOW,
  ...change,
});

export const create = (user: NewUser) => auth.createUser(user, newTrace());

export const subscriptionOf = (
  userId: string,
  change: Partial<SubscriptionState> = {},
): SubscriptionState => ({
  provider: "lemonsqueezy",
  providerId: `sub-${userId}`,
  owner: { kind: "user", id: userId },
  tier: "pro",
  status: "active",
  pause: null,
  renewsAt: NOW + 30 * DAY,
  endsAt: null,
  epoch: 1,
  seq: 1,
  ...change,
});

export const apply = (state: SubscriptionState) => billing.applySubscription(state, newTrace());

export const getMe = (userId: string, role?: UserCaller["role"]) =>
  exchange(gateway, new Request("https://api.example.com/v1/me"), callerOf(userId, role));

/** What an administrator asks, as the gateway hands it on. */
export const grant = (userId: string, body: unknown, role: UserCaller["role"] = "admin") =>
  exchange(
    gateway,
    new Request(`https://api.example.com/v1/admin/users/${userId}/grants`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
    callerOf("root", role),
  );

export const listGrants = (query = "", role: UserCaller["role"] = "admin") =>
  exchange(
    gateway,
    new Request(`https://api.example.com/v1/admin/billing/grants${query}`),
    callerOf("root", role),
  );

export const endGrant = (userId: string, grantId: string, role: UserCaller["role"] = "admin") =>
  exchange(
    gateway,
    new Request(`https://api.example.com/v1/admin/users/${userId}/grants/${grantId}`, {
      method: "DELETE",
    }),
    callerOf("root", role),
  );

export const getUsage = (userId: string) =>
  exchange(gateway, new Request("https://api.example.com/v1/me/usage"), callerOf(userId));

export const patchMe = (userId: string, json: string) =>
  exchange(
    gateway,
    new Request("https://api.example.com/v1/me", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: json,
    }),
    callerOf(userId),
  );

/** A fresh stub each time: one that has met an abort fails for ever. */
export const subject = (userId = "ann") => SUBJECTS.getByName(userId);

export const push = (userId: string, ...pushes: SubjectPush[]) =>
  auth.pushToSubject(userId, pushes, newTrace());

export const account = (
  seq: number,
  change: Partial<Extract<SubjectPush, { kind: "account" }>> = {},
): SubjectPush => ({
  kind: "account",
  epoch: 0,
  seq,
  generation: 1,
  role: "user",
  status: "active",
  ...change,
});

/** A user whom both users and auth have made known. */
export const createKnown = async (userId = "ann"): Promise<void> => {
  await create(newUser(userId));
  await push(userId, account(1));
};

export const SESSION: Presented = { kind: "session", sessionId: "s1", generation: 1 };

/** What the Subject says to one request. */
export const admit = async (change: Partial<Ask> = {}, userId = "ann") => {
  const ask: Ask = {
    credential: SESSION,
    limit: "plan",
    needs: "read",
    cost: 1,
    mark: null,
    settled: [],
    ...change,
  };
  return answerOf(await subject(userId).admit(askText(ask)));
};

/** `admitted`, or the code it was refused with. */
export const verdict = async (change: Partial<Ask> = {}, userId = "ann"): Promise<string> => {
  const answer = await admit(change, userId);
  return answer.admitted ? "admitted" : answer.code;
};

/** How many of `count` requests in a row are admitted. */
export const admittedOf = async (count: number, change: Partial<Ask> = {}): Promise<number> => {
  let admitted = 0;
  for (let left = count; left > 0; left -= 1)
    if ((await verdict(change)) === "admitted") admitted += 1;
  return admitted;
};

/** Every row of a table, in the order of its key. */
export const rowsOf = async (
  table: "users" | "usage_metrics" | "subscriptions" | "grants" | "audit",
) => (await DB.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()).results;

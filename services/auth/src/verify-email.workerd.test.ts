import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";

import {
  codeOf,
  DAY,
  DB,
  doorWith,
  MAILER,
  mails,
  NOW,
  PASSWORD,
  post,
  rowsOf,
  SECOND,
  setTime,
  settledOutbox,
  signUp,
  startAfresh,
  sweeper,
  tokenIn,
  tokensOf,
  USERS,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

/** Signs up and answers the token that the mail holds. */
const tokenFor = async (email: string, password = PASSWORD): Promise<string> => {
  const before = (await MAILER.asked()).length;
  await signUp(email, password);
  const mail = (await mails(before + 1)).at(-1);
  if (mail === undefined) throw new Error("no mail was sent");
  return tokenIn(mail);
};

const verify = (token: string) => post("verify-email", { token });

const signIn = (email: string, password = PASSWORD) => post("sign-in", { email, password });

describe("verify-email", () => {
  it("makes account and session, tells users, and signs in", async () => {
    const tokens = await tokensOf(await verify(await tokenFor("Ann@Example.com")));
    const { id } = tokens.user;
    expect(tokens.user).toEqual({ id, email: "Ann@Example.com" });
    expect(await rowsOf("accounts")).toMatchObject([
      { id, email: "Ann@Example.com", email_key: "ann@example.com", role: "user" },
    ]);
    expect(await rowsOf("sessions")).toMatchObject([
      { account_id: id, user_agent: "a browser", address: "192.0.2.1" },
    ]);
    expect(await USERS.asked()).toEqual([
      {
        caller: "auth",
        requestId: expect.any(String) as string,
        payload: {
          userId: id,
          email: "Ann@Example.com",
          name: "Ann",
          locale: "de",
          region: "weur",
          createdAt: NOW,
        },
      },
    ]);
    expect(await rowsOf("outbox")).toEqual([]);
    expect((await rowsOf("audit")).map(({ action }) => action)).toEqual([
      "sign_up.requested",
      "account.created",
    ]);
  });

  it("works once among 20 who follow the link at the same time", async () => {
    const token = await tokenFor("ann@example.com");
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
    expect(await rowsOf("accounts")).toHaveLength(1);
    expect(await rowsOf("sessions")).toHaveLength(1);
    expect(await USERS.asked()).toHaveLength(1);
    expect(await codeOf(await verify(token))).toEqual([401, "invalid_token"]);
  });

  it("stays used when the account that it made is gone", async () => {
    const token = await tokenFor("ann@example.com");
    expect((await verify(token)).status).toBe(200);
    await DB.exec("DELETE FROM accounts");
    expect(await codeOf(await verify(token))).toEqual([401, "invalid_token"]);
    expect(await rowsOf("accounts")).toEqual([]);
  });

  it("refuses a link a day after it was mailed, and takes it just before", async () => {
    const [early, late] = [await tokenFor("ann@example.com"), await tokenFor("bob@example.com")];
    setTime(NOW + DAY - 1);
    expect((await verify(early)).status).toBe(200);
    setTime(NOW + DAY);
    expect(await codeOf(await verify(late))).toEqual([401, "invalid_token"]);
  });

  it.each(["", "x", "A".repeat(43), "' OR 1=1 --"])("refuses the junk %j", async (token) => {
    await tokenFor("ann@example.com");
    expect(await codeOf(await verify(token))).toEqual([401, "invalid_token"]);
    expect(await rowsOf("accounts")).toEqual([]);
  });

  it("refuses the hash that the table holds", async () => {
    await tokenFor("ann@example.com");
    const [row] = await rowsOf("sign_ups");
    expect(await codeOf(await verify(String(row?.["token_hash"])))).toEqual([401, "invalid_token"]);
  });

  it("gives the account the password that was typed with the link", async () => {
    const first = await tokenFor("ann@example.com", "the first password");
    const second = await tokenFor("ann@example.com", "the second password");
    expect((await verify(first)).status).toBe(200);
    expect((await signIn("ann@example.com", "the first password")).status).toBe(200);
    expect((await signIn("ann@example.com", "the second password")).status).toBe(401);
    expect(await codeOf(await verify(second))).toEqual([401, "invalid_token"]);
    expect(await rowsOf("accounts")).toHaveLength(1);
  });

  it("makes one account when two links of one address are followed at once", async () => {
    const links = [await tokenFor("ann@example.com"), await tokenFor("ann@example.com")];
    const answers = await Promise.all(links.map(verify));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
    expect(await rowsOf("accounts")).toHaveLength(1);
  });

  it("makes nothing at all when one of its rows cannot be written", async () => {
    const token = await tokenFor("ann@example.com");
    expect(await settledOutbox()).toEqual([]);
    await DB.exec("ALTER TABLE outbox RENAME TO away");
    expect(await codeOf(await verify(token))).toEqual([503, "unavailable"]);
    await DB.exec("ALTER TABLE away RENAME TO outbox");
    expect(await rowsOf("accounts")).toEqual([]);
    expect(await rowsOf("sessions")).toEqual([]);
    expect(await rowsOf("sign_ups")).toMatchObject([{ used_at: null, used_by: null }]);
    expect((await verify(token)).status).toBe(200);
  });

  it.each(["unavailable", "throw"] as const)(
    "signs in while users is down (%s), and the sweeper tells users later",
    async (mode) => {
      const token = await tokenFor("ann@example.com");
      await USERS.behave(mode);
      const { user } = await tokensOf(await verify(token));
      expect(await settledOutbox()).toMatchObject([
        { effect: "users.create", state: "pending", attempts: 1 },
      ]);

      await USERS.behave("ok");
      expect(await runDurableObjectAlarm(sweeper())).toBe(true);
      expect(await USERS.asked()).toEqual([]);
      setTime(NOW + 10 * SECOND);
      expect(await runDurableObjectAlarm(sweeper())).toBe(true);
      expect(await USERS.asked()).toMatchObject([{ payload: { userId: user.id } }]);
      expect(await rowsOf("outbox")).toEqual([]);
    },
  );

  it("gives up at once on what users will never take, and keeps it to be looked at", async () => {
    const token = await tokenFor("ann@example.com");
    await USERS.behave("invalid_input");
    expect((await verify(token)).status).toBe(200);
    expect(await settledOutbox()).toMatchObject([{ state: "dead" }]);
  });

  it("answers what it committed, even if the database is gone right after", async () => {
    const token = await tokenFor("ann@example.com");
    await settledOutbox();
    // The relay's claim is the first thing after the commit; here it finds no table.
    const failing = new Proxy(DB, {
      get: (target, name) =>
        name === "prepare"
          ? (text: string) => target.prepare(text.replace(/UPDATE outbox\b/, "UPDATE nowhere"))
          : target.batch.bind(target),
    });
    await tokensOf(await doorWith({ change: { DB: failing } })("verify-email", { token }));
    expect(await rowsOf("outbox")).toMatchObject([{ effect: "users.create", state: "pending" }]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";

import { canRefresh, isSignedIn, newPerson, signInAgain, toldOf } from "./person.fixture.ts";
import {
  codeOf,
  doorWith,
  MAILER,
  mails,
  NOW,
  PASSWORD,
  post,
  rememberingDatabase,
  rowsOf,
  setTime,
  settledOutbox,
  startAfresh,
  TABLES,
  tokenIn,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";
const NEW = "a new and better one";
const HALF_HOUR = 30 * 60 * 1_000;

const forgot = (email = EMAIL) => post("forgot-password", { email });
const reset = (token: string, password = NEW) => post("reset-password", { token, password });

/** The token of the newest mail, once there are `count`. */
const tokenOfMail = async (count: number): Promise<string> => {
  const mail = (await mails(count)).at(-1);
  return mail === undefined ? "" : tokenIn(mail);
};

/** A person and the token of a link to reset their password. */
const forgetful = async () => {
  const ann = await newPerson(EMAIL);
  await forgot();
  return { ann, token: await tokenOfMail(2) };
};

describe("forgot-password", () => {
  it("mails a link to the account's own spelling of the address", async () => {
    const ann = await newPerson("Ann@Example.com");
    await forgot("ANN@example.COM");
    const mail = (await mails(2)).at(-1);
    expect(mail).toMatchObject({
      template: "reset",
      to: "Ann@Example.com",
      // The profile's, whatever the browser of whoever asks prefers.
      locale: "es",
      userId: ann.id,
      expiresAt: NOW + HALF_HOUR,
    });
    expect(mail?.vars).toEqual({ name: "Ann", timezone: "Europe/Madrid" });
  });

  it("answers an unknown address the same, after the same statements, and mails nobody", async () => {
    await newPerson(EMAIL);
    const seen = async (email: string) => {
      const { texts, db } = rememberingDatabase();
      const answer = await doorWith({ change: { DB: db } })("forgot-password", { email });
      await settledOutbox();
      const headers = Object.fromEntries(answer.headers);
      // What goes on after the answer is the mail's delivery.
      const asked = texts.slice(
        0,
        texts.findIndex((text) => /^\s*UPDATE outbox/.test(text)),
      );
      return { status: answer.status, headers, body: await answer.text(), asked };
    };
    const known = await seen(EMAIL);
    await mails(2);
    expect(await seen("nobody@example.com")).toEqual(known);
    expect(known).toMatchObject({ status: 202, body: '{"status":"check_email"}' });
    expect(known.asked.length).toBeGreaterThan(3);
    expect(await MAILER.asked()).toHaveLength(2);
    expect(await rowsOf("password_resets")).toHaveLength(1);
  });

  it("keeps no token in any table", async () => {
    await newPerson(EMAIL);
    await MAILER.behave("unavailable");
    await forgot();
    const token = await tokenOfMail(1);
    expect(token).toMatch(/^[\w-]{43}$/);
    await settledOutbox();
    expect(JSON.stringify(await Promise.all(TABLES.map(rowsOf)))).not.toContain(token);
  });
});

describe("reset-password", () => {
  it("sets the password, ends every session, and tells the Subject before the answer", async () => {
    const { ann, token } = await forgetful();
    const phone = await signInAgain(ann);
    expect((await reset(token)).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ kind: "account", generation: 1 });
    for (const gone of [ann, phone])
      expect([await isSignedIn(gone), await canRefresh(gone)]).toEqual([false, false]);
    expect((await post("sign-in", { email: EMAIL, password: PASSWORD })).status).toBe(401);
    expect(await isSignedIn(await signInAgain(ann, NEW))).toBe(true);
  });

  it("lets one of twenty concurrent uses of a link through", async () => {
    const { token } = await forgetful();
    const passwords = Array.from({ length: 20 }, (_, index) => `password number ${index}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
    const winner = passwords[statuses.indexOf(204)] ?? "";
    expect((await post("sign-in", { email: EMAIL, password: winner })).status).toBe(200);
    expect(await rowsOf("accounts")).toMatchObject([{ generation: 1, seq: 1 }]);
  });

  it("refuses a link that is used, made up, or thirty minutes old", async () => {
    const { token } = await forgetful();
    const refused = [401, "invalid_token"];
    expect(await codeOf(await reset(`${token}x`))).toEqual(refused);
    expect(await codeOf(await reset(""))).toEqual(refused);
    setTime(NOW + HALF_HOUR);
    expect(await codeOf(await reset(token))).toEqual(refused);
    setTime(NOW + HALF_HOUR - 1);
    expect((await reset(token)).status).toBe(204);
    expect(await codeOf(await reset(token))).toEqual(refused);
  });

  it("voids the links before it, and so does a changed password", async () => {
    const { ann, token } = await forgetful();
    await forgot();
    const second = await tokenOfMail(3);
    expect((await reset(second)).status).toBe(204);
    expect((await reset(token)).status).toBe(401);
    await forgot();
    const third = await tokenOfMail(4);
    const again = await signInAgain(ann, NEW);
    const change = { currentPassword: NEW, newPassword: PASSWORD };
    expect((await again.ask("POST", "/v1/auth/change-password", change)).status).toBe(204);
    expect((await reset(third)).status).toBe(401);
  });

  it("spends no hash on a made-up token", async () => {
    let hashes = 0;
    const door = doorWith({ engine: () => ((hashes += 1), new Uint8Array(32)) });
    await door("reset-password", { token: "x".repeat(43), password: NEW });
    expect(hashes).toBe(0);
  });

  it("does not spend the link on a password that is too short", async () => {
    const { token } = await forgetful();
    expect((await reset(token, "short")).status).toBe(422);
    expect((await reset(token)).status).toBe(204);
  });
});

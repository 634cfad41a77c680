import { runDurableObjectAlarm } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";

import {
  codeOf,
  createAccount,
  DAY,
  HOUR,
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
  USERS,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

describe("sign-up", () => {
  it("answers the same whether or not the address is known", async () => {
    await createAccount("ann@example.com");
    const answers = await Promise.all(
      ["ann@example.com", "ANN@example.com", "new@example.com"].map(async (email) => {
        const answer = await signUp(email);
        return [answer.status, await answer.text(), [...answer.headers]];
      }),
    );
    expect(answers[0]?.slice(0, 2)).toEqual([202, '{"status":"check_email"}']);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it("creates no account and no session before the address is verified", async () => {
    await signUp("ann@example.com");
    await mails(1);
    expect(await rowsOf("accounts")).toEqual([]);
    expect(await rowsOf("sessions")).toEqual([]);
    expect(await USERS.asked()).toEqual([]);
  });

  it("mails a link to a new address, in the language of its client", async () => {
    await signUp("ann@example.com");
    expect(await mails(1)).toEqual([
      expect.objectContaining({
        template: "verify",
        to: "ann@example.com",
        locale: "de",
        vars: { name: "Ann" },
        expiresAt: NOW + DAY,
      }),
    ]);
    expect((await MAILER.asked())[0]?.caller).toBe("auth");
  });

  it("tells the owner of a known address, under one key an hour", async () => {
    await createAccount("ann@example.com");
    await MAILER.behave("ok");
    for (const time of [NOW, NOW + HOUR - 1, NOW + HOUR]) {
      setTime(time);
      await signUp("ann@example.com");
    }
    const notices = await mails(3);
    expect(notices.map(({ template }) => template)).toEqual(notices.map(() => "account_exists"));
    expect(new Set(notices.map(({ key }) => key)).size).toBe(2);
  });

  it("stores a mail that could not be handed over, without its token", async () => {
    await MAILER.behave("unavailable");
    await signUp("ann@example.com");
    const [mail] = await mails(1);
    expect(await settledOutbox()).toMatchObject([{ error: "unavailable", attempts: 1 }]);
    expect(mail).toBeDefined();
    const token = mail === undefined ? "" : await tokenIn(mail);
    expect(token).toHaveLength(43);
    expect(JSON.stringify(await rowsOf("outbox"))).not.toContain(token);

    await MAILER.behave("ok");
    setTime(NOW + 10 * SECOND);
    expect(await runDurableObjectAlarm(sweeper())).toBe(true);
    expect(await mails(1)).toEqual([mail]);
    expect(await rowsOf("outbox")).toEqual([]);
  });

  it.each([
    { email: "ann@example.com", password: "short" },
    { email: "not an address", password: PASSWORD },
    { email: "ann@example.com", password: PASSWORD, role: "admin" },
    { email: "ann@example.com", password: PASSWORD, name: "a\nb" },
    { email: "ann@example.com", password: PASSWORD, name: "Ann\u202Egnp" },
    { email: "ann@example.com", password: PASSWORD, name: "\u2066Ann\u2069" },
    { email: "ann@example.com", password: PASSWORD, name: "\u200B" },
    { email: "ann@example.com" },
  ])("refuses %j and stores nothing", async (body) => {
    expect(await codeOf(await post("sign-up", body))).toEqual([422, "invalid_input"]);
    expect(await rowsOf("sign_ups")).toEqual([]);
    expect(await rowsOf("outbox")).toEqual([]);
  });
});

describe("plain HTTP", () => {
  it("finds nothing", async () => {
    const answer = await exports.default.fetch("https://api.example.com/v1/auth/sign-in");
    expect([answer.status, await answer.text()]).toEqual([404, ""]);
  });
});

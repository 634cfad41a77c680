import type { MailIntent } from "@luna/shared/rpc/mailer";
import { beforeEach, describe, expect, it } from "vitest";

import { isSignedIn, newPerson, toldOf, withKey, ask, type Person } from "./person.fixture.ts";
import {
  codeOf,
  DAY,
  mails,
  NOW,
  PASSWORD,
  post,
  rememberingDatabase,
  rowsOf,
  setTime,
  settledOutbox,
  signUp,
  startAfresh,
  tokenIn,
  USERS,
  doorWith,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const PATH = "/v1/auth/change-email";
const OLD = "ann@example.com";
const NEW = "ann@new.example.com";

const change = (person: Person, newEmail = NEW, password = PASSWORD) =>
  person.ask("POST", PATH, { newEmail, password });
const verify = (token: string) => post("verify-email", { token });
const signIn = (email: string) => post("sign-in", { email, password: PASSWORD });

/** The two mails of a change, by their template, after `before` others. */
const mailsOf = async (before = 1): Promise<Record<string, MailIntent>> =>
  Object.fromEntries(
    (await mails(before + 2)).slice(before).map((mail) => [mail.template, mail] as const),
  );
const linkOf = async (before = 1): Promise<string> => {
  const { email_change_confirm: mail } = await mailsOf(before);
  if (mail === undefined) throw new Error("nothing was sent to the new address");
  return tokenIn(mail);
};

describe("asking for another address", () => {
  it("changes nothing yet, writes to the new address and tells the old one", async () => {
    const ann = await newPerson(OLD);
    const before = await rowsOf("accounts");
    const answer = await change(ann);
    expect([answer.status, await answer.json()]).toEqual([202, { status: "check_email" }]);
    expect(await rowsOf("accounts")).toEqual(before);
    const { email_change_confirm: confirm, email_change_notice: notice } = await mailsOf();
    expect(confirm).toMatchObject({ to: NEW, vars: { validFor: "86400" } });
    expect(notice).toMatchObject({
      to: OLD,
      vars: { newEmail: NEW, at: "2030-01-15T10:00:00.000Z" },
    });
    expect((await signIn(OLD)).status).toBe(200);
  });

  it("writes in the language, by the name and for the time zone of the profile", async () => {
    await change(await newPerson(OLD));
    for (const mail of Object.values(await mailsOf()))
      expect(mail).toMatchObject({
        locale: "es",
        vars: { name: "Ann", timezone: "Europe/Madrid" },
      });
  });

  it("needs the password, a session and an address", async () => {
    const ann = await newPerson(OLD);
    expect(await codeOf(await change(ann, NEW, "wrong password"))).toEqual([
      401,
      "invalid_credentials",
    ]);
    expect(await codeOf(await change(ann, "no address"))).toEqual([422, "invalid_input"]);
    const more = { newEmail: NEW, password: PASSWORD, role: "admin" };
    expect(await codeOf(await ann.ask("POST", PATH, more))).toEqual([422, "invalid_input"]);
    const body = { newEmail: NEW, password: PASSWORD };
    expect((await ask(withKey(ann), "POST", PATH, body)).status).toBe(403);
    expect(await rowsOf("email_changes")).toEqual([]);
  });

  it("never tells whether the address is taken: same answer, same statements, a mail to either", async () => {
    const ann = await newPerson(OLD);
    await newPerson("bob@example.com");
    const { texts, db } = rememberingDatabase();
    const door = doorWith({ change: { DB: db } });
    const attempt = async (newEmail: string) => {
      texts.length = 0;
      const answer = await door("change-email", { newEmail, password: PASSWORD }, ann.caller);
      // Deliveries go on beside the answer, so only what leads to it counts.
      const work = texts.filter((text) => !text.includes("outbox")).length;
      return { status: answer.status, body: await answer.text(), work };
    };
    const free = await attempt("free@example.com");
    const taken = await attempt("BOB@example.com");
    expect(taken).toEqual(free);
    const sent = (await mails(6)).slice(2).map(({ template, to }) => [template, to]);
    expect(new Set(sent.map(String))).toEqual(
      new Set([
        "email_change_confirm,free@example.com",
        `email_change_notice,${OLD}`,
        "account_exists,bob@example.com",
      ]),
    );
    expect(sent.filter(([template]) => template === "email_change_notice")).toHaveLength(2);
    expect(await rowsOf("email_changes")).toHaveLength(2);
  });

  it.each([
    ["free", NEW, "email_change_confirm", [200]],
    ["taken", "bob@example.com", "account_exists", []],
  ])(
    "asked for five times at once mails once, when the address is %s",
    async (_which, newEmail, template, works) => {
      const ann = await newPerson(OLD);
      await newPerson("bob@example.com");
      const answers = await Promise.all(Array.from({ length: 5 }, () => change(ann, newEmail)));
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
      expect(await settledOutbox()).toEqual([]);
      const sent = (await mails(4)).slice(2);
      expect(sent.map((mail) => mail.template).toSorted()).toEqual(
        [template, "email_change_notice"].toSorted(),
      );
      const links = sent.filter((mail) => mail.template === "email_change_confirm");
      const followed = await Promise.all(links.map(async (mail) => verify(await tokenIn(mail))));
      expect(followed.map(({ status }) => status)).toEqual(works);
    },
  );

  it("asked for again a minute later mails again, and only the newer link works", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const first = await linkOf();
    setTime(NOW + 60_000);
    await change(ann);
    const second = await linkOf(3);
    expect((await verify(first)).status).toBe(401);
    expect((await verify(second)).status).toBe(200);
  });

  it("asked for again after another address mails again at once", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    await change(ann, "third@example.com");
    const other = await linkOf(3);
    await change(ann);
    const newest = await linkOf(5);
    expect((await verify(other)).status).toBe(401);
    expect((await verify(newest)).status).toBe(200);
  });

  it("is written down, without the address", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    await verify(await linkOf());
    const audit = await rowsOf("audit");
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["email.change_requested", "email.changed"]),
    );
    expect(JSON.stringify(audit)).not.toContain("new.example.com");
  });
});

describe("following the link", () => {
  it("moves the account, signs in, and keeps the sessions there are", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const answer = await verify(await linkOf());
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ user: { id: ann.id, email: NEW } });
    expect([(await signIn(NEW)).status, (await signIn(OLD)).status]).toEqual([200, 401]);
    expect(await isSignedIn(ann)).toBe(true);
  });

  it("tells users of the address, in the order of the account's changes", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    await verify(await linkOf());
    const [account] = await rowsOf("accounts");
    expect(await USERS.changed()).toEqual([
      { userId: ann.id, email: NEW, epoch: 0, seq: account?.["seq"] },
    ]);
  });

  it("works once, and for a day", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const token = await linkOf();
    const answers = await Promise.all([verify(token), verify(token), verify(token)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    await change(ann, "third@example.com");
    const late = await linkOf(3);
    setTime(NOW + DAY);
    expect(await codeOf(await verify(late))).toEqual([401, "invalid_token"]);
  });

  it("is void once a newer change is asked for", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const first = await linkOf();
    await change(ann, "third@example.com");
    expect((await verify(first)).status).toBe(401);
    expect((await verify(await linkOf(3))).status).toBe(200);
  });

  it("is void once the old address has set a new password", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const token = await linkOf();
    await post("forgot-password", { email: OLD });
    const reset = (await mails(4)).at(-1);
    if (reset === undefined) throw new Error("no mail was sent");
    await post("reset-password", { token: await tokenIn(reset), password: "another password" });
    expect((await verify(token)).status).toBe(401);
  });

  it("is void once the password is changed", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const token = await linkOf();
    const body = { currentPassword: PASSWORD, newPassword: "another password" };
    await ann.ask("POST", "/v1/auth/change-password", body);
    expect((await verify(token)).status).toBe(401);
  });

  it("voids the reset links that went to the old address", async () => {
    const ann = await newPerson(OLD);
    await post("forgot-password", { email: OLD });
    const reset = (await mails(2)).at(-1);
    if (reset === undefined) throw new Error("no mail was sent");
    await change(ann);
    await verify(await linkOf(2));
    const body = { token: await tokenIn(reset), password: "another password" };
    expect((await post("reset-password", body)).status).toBe(401);
  });

  it("loses to whoever got the address meanwhile, and leaves the account as it is", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    const token = await linkOf();
    await signUp(NEW);
    const mail = (await mails(4)).at(-1);
    if (mail === undefined) throw new Error("no mail was sent");
    expect((await verify(await tokenIn(mail))).status).toBe(200);
    expect((await verify(token)).status).toBe(401);
    expect((await signIn(OLD)).status).toBe(200);
  });

  it("frees the old address for somebody else", async () => {
    const ann = await newPerson(OLD);
    await change(ann);
    await verify(await linkOf());
    await signUp(OLD);
    const mail = (await mails(4)).at(-1);
    expect(mail).toMatchObject({ template: "verify", to: OLD });
  });

  it("takes an address of ADMIN_EMAILS, and its role, only when it is verified", async () => {
    const ann = await newPerson(OLD);
    await change(ann, "boss@example.com");
    const roles = async () =>
      (await toldOf(ann)).flatMap((push) => (push.kind === "account" ? [push.role] : []));
    expect(await roles()).toEqual(["user"]);
    await verify(await linkOf());
    expect(await roles()).toEqual(["user", "admin"]);
  });

  it("moves no suspended account", async () => {
    const ann = await newPerson(OLD);
    const boss = await newPerson("boss@example.com");
    await change(ann);
    const token = await linkOf(2);
    await boss.ask("PATCH", `/v1/admin/accounts/${ann.id}`, { status: "suspended" });
    expect((await verify(token)).status).toBe(401);
  });
});

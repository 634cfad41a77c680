import type { MailIntent } from "@luna/shared/rpc/mailer";
import { beforeEach, describe, expect, it } from "vitest";

import { newPerson } from "./person.fixture.ts";
import {
  anonymous,
  createAccount,
  DAY,
  DB,
  doorWith,
  MAILER,
  mails,
  NOW,
  PASSWORD,
  rememberingDatabase,
  rowsOf,
  setTime,
  settledOutbox,
  startAfresh,
  USERS,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/** Signs in from somewhere. The accounts here were made by "a browser" at 192.0.2.1. */
const signInFrom = (userAgent: string, address: string, password = PASSWORD) =>
  doorWith({})(
    "sign-in",
    { email: EMAIL, password },
    { ...anonymous, client: { ...anonymous.client, userAgent, address } },
  );

/** The warnings there are once everything has been delivered. */
const warnings = async (): Promise<MailIntent[]> => {
  await settledOutbox();
  const sent = (await MAILER.asked()).flatMap(({ payload }) => payload);
  return sent.filter(({ template }) => template === "new_device");
};

describe("a sign-in from an unknown device", () => {
  it("is told to the owner, once per device", async () => {
    const { user } = await createAccount(EMAIL);
    await signInFrom(FIREFOX, "198.51.100.7");
    await signInFrom(FIREFOX, "198.51.200.9");
    expect(await warnings()).toMatchObject([
      {
        to: EMAIL,
        userId: user.id,
        locale: "es",
        vars: {
          name: "Ann",
          device: "Firefox, Linux",
          at: "2030-01-15T10:00:00.000Z",
          timezone: "Europe/Madrid",
        },
      },
    ]);
  });

  it("is not told of the device the account was made with", async () => {
    await createAccount(EMAIL);
    await signInFrom(anonymous.client.userAgent, "192.0.99.99");
    expect(await warnings()).toEqual([]);
  });

  it("is told of a known browser in another network, and of another browser in a known one", async () => {
    await createAccount(EMAIL);
    await signInFrom(anonymous.client.userAgent, "203.0.113.1");
    await signInFrom(FIREFOX, anonymous.client.address);
    expect(await warnings()).toHaveLength(2);
  });

  it("is not told of a wrong password", async () => {
    await createAccount(EMAIL);
    expect((await signInFrom(FIREFOX, "198.51.100.7", "wrong password")).status).toBe(401);
    expect(await warnings()).toEqual([]);
  });

  it("is told once when the same device comes twice at the same moment", async () => {
    await createAccount(EMAIL);
    const twice = [signInFrom(FIREFOX, "198.51.100.7"), signInFrom(FIREFOX, "198.51.100.7")];
    expect((await Promise.all(twice)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await warnings()).toHaveLength(1);
  });

  it("is not told when no earlier session is left to compare with", async () => {
    await createAccount(EMAIL);
    setTime(NOW + DAY);
    await DB.exec("DELETE FROM sessions");
    expect((await signInFrom(FIREFOX, "198.51.100.7")).status).toBe(200);
    expect(await warnings()).toEqual([]);
  });

  it("costs a known device nothing: no word to the outbox", async () => {
    await createAccount(EMAIL);
    await settledOutbox();
    const { texts, db } = rememberingDatabase();
    const body = { email: EMAIL, password: PASSWORD };
    expect((await doorWith({ change: { DB: db } })("sign-in", body)).status).toBe(200);
    expect(texts.filter((text) => text.includes("outbox"))).toEqual([]);
  });
});

describe("a new API key", () => {
  it("is told to the owner by what is no secret of it", async () => {
    const ann = await newPerson(EMAIL);
    const answer = await ann.ask("POST", "/v1/api-keys", { name: "robot" });
    const { key, prefix } = await answer.json<{ key: string; prefix: string }>();
    const mail = (await mails(2)).at(-1);
    expect(mail).toMatchObject({
      template: "key_created",
      to: "contact@example.com",
      vars: { keyName: "robot", prefix },
    });
    expect(JSON.stringify(mail)).not.toContain(key);
  });

  it("is told when it takes the place of another, once, however many ask", async () => {
    const ann = await newPerson(EMAIL);
    const first = await ann.ask("POST", "/v1/api-keys", { name: "robot" });
    const { id } = await first.json<{ id: string }>();
    await mails(2);
    const rotate = () => ann.ask("POST", `/v1/api-keys/${id}/rotate`, { overlapSeconds: 60 });
    const answers = await Promise.all([rotate(), rotate(), rotate()]);
    const made = answers.find(({ status }) => status === 201);
    const { key, prefix } = (await made?.json<{ key: string; prefix: string }>()) ?? {};
    await settledOutbox();
    const mail = (await mails(3)).at(-1);
    expect(mail).toMatchObject({
      template: "key_created",
      to: "contact@example.com",
      vars: { keyName: "robot", prefix },
    });
    expect(JSON.stringify(mail)).not.toContain(key);
  });

  it("is not told when none was made", async () => {
    const ann = await newPerson(EMAIL);
    expect((await ann.ask("POST", "/v1/api-keys", { name: "" })).status).toBe(422);
    await settledOutbox();
    expect(await MAILER.asked()).toHaveLength(1);
  });
});

describe("a mail about an account", () => {
  it("waits in the outbox while nobody knows how to word it", async () => {
    const ann = await newPerson(EMAIL);
    await USERS.behave("unavailable");
    await ann.ask("POST", "/v1/api-keys", { name: "robot" });
    await settledOutbox();
    expect(await rowsOf("outbox")).toContainEqual(
      expect.objectContaining({ effect: "mail.account", state: "pending" }),
    );
  });
});

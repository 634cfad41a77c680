import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  doorWith,
  HOUR,
  MAILER,
  mails,
  NOW,
  rememberingDatabase,
  rowsOf,
  setTime,
  startAfresh,
  TABLES,
  tokenIn,
  tokensOf,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";
const SECRET_PASSWORD = "a password like no other";

/** Everything a person can do today, with each secret on its way. */
const journey = async (door: ReturnType<typeof doorWith>): Promise<string[]> => {
  await door("sign-up", { email: EMAIL, password: SECRET_PASSWORD });
  const [mail] = await mails(1);
  if (mail === undefined) throw new Error("no mail was sent");
  const token = await tokenIn(mail);
  const verified = await tokensOf(await door("verify-email", { token }));
  await door("verify-email", { token });
  await door("sign-up", { email: EMAIL, password: SECRET_PASSWORD });
  await door("sign-in", { email: EMAIL, password: `${SECRET_PASSWORD}, but wrong` });
  const signedIn = await tokensOf(
    await door("sign-in", { email: EMAIL, password: SECRET_PASSWORD }),
  );
  const refreshed = await tokensOf(await door("refresh", { refreshToken: signedIn.refreshToken }));
  setTime(NOW + HOUR);
  await door("refresh", { refreshToken: signedIn.refreshToken });
  await door("refresh", { refreshToken: SECRET_PASSWORD });
  const tokens = [verified, signedIn, refreshed].flatMap((pair) => [
    pair.accessToken,
    pair.refreshToken,
  ]);
  return [SECRET_PASSWORD, token, ...tokens];
};

describe("a secret", () => {
  it("stands in no SQL text, and an address neither", async () => {
    const { db, texts } = rememberingDatabase();
    const secrets = await journey(doorWith({ change: { DB: db } }));
    expect(texts.length).toBeGreaterThan(20);
    for (const secret of [...secrets, EMAIL]) expect(texts.join("\n")).not.toContain(secret);
  });

  it("stands in no log line, and an address neither", async () => {
    const lines: string[] = [];
    const spies = (["log", "info", "warn", "error", "debug"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
        lines.push(parts.map(String).join(" "));
      }),
    );
    await MAILER.behave("throw");
    const secrets = await journey(doorWith({}));
    for (const spy of spies) spy.mockRestore();
    expect(lines.length).toBeGreaterThan(8);
    for (const secret of [...secrets, EMAIL]) expect(lines.join("\n")).not.toContain(secret);
  });

  it("stands in no row", async () => {
    await MAILER.behave("unavailable");
    const secrets = await journey(doorWith({}));
    const rows = JSON.stringify(await Promise.all(TABLES.map(rowsOf)));
    expect(rows).toContain(EMAIL);
    for (const secret of secrets) expect(rows).not.toContain(secret);
  });
});

describe("a missing secret", () => {
  it.each(["TOKEN_KEYS", "PASSWORD_PEPPERS", "REFRESH_KEYS", "MAIL_SEAL_KEYS"])(
    "%s makes auth answer that it is not set up",
    async (name) => {
      const door = doorWith({ change: { [name]: undefined } });
      const answer = await door("sign-in", { email: EMAIL, password: SECRET_PASSWORD });
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: "misconfigured" }),
      ]);
    },
  );
});

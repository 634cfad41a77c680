import { beforeEach, describe, expect, it } from "vitest";

import { ABSOLUTE_MS, GRACE_MS, IDLE_MS } from "./session.ts";
import {
  codeOf,
  createAccount,
  DAY,
  DB,
  doorWith,
  NOW,
  PASSWORD,
  post,
  rememberingDatabase,
  rowsOf,
  setTime,
  startAfresh,
  tokensOf,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";

const refresh = (refreshToken: string) => post("refresh", { refreshToken });

const revocations = async () =>
  (await rowsOf("audit")).filter(({ action }) => action === "session.revoked");

describe("refresh", () => {
  it("gives the next token of the same session", async () => {
    const first = await createAccount(EMAIL);
    setTime(NOW + 60_000);
    const second = await tokensOf(await refresh(first.refreshToken));
    const third = await tokensOf(await refresh(second.refreshToken));
    expect(new Set([first, second, third].map((tokens) => tokens.refreshToken)).size).toBe(3);
    expect(await rowsOf("sessions")).toMatchObject([{ counter: 2, rotated_at: NOW + 60_000 }]);
    expect(third.user).toEqual(first.user);
  });

  it("gives 50 at once the same successor, and keeps one lineage", async () => {
    const { refreshToken } = await createAccount(EMAIL);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    const successors = await Promise.all(answers.map(tokensOf));
    const [successor, ...others] = new Set(successors.map((tokens) => tokens.refreshToken));
    expect(others).toEqual([]);
    expect(successor).not.toBe(refreshToken);
    expect(await rowsOf("sessions")).toMatchObject([{ counter: 1, revoked_at: null }]);
    expect(await revocations()).toEqual([]);
    expect((await refresh(successor ?? "")).status).toBe(200);
  });

  it("gives whoever repeats within the grace the same successor", async () => {
    const { refreshToken } = await createAccount(EMAIL);
    const successor = await tokensOf(await refresh(refreshToken));
    await DB.prepare("UPDATE sessions SET rotated_at = rotated_at - ?").bind(GRACE_MS).run();
    const again = await tokensOf(await refresh(refreshToken));
    expect(again.refreshToken).toBe(successor.refreshToken);
  });

  it("ends the session when a token is used again after the grace, and records it once", async () => {
    const { refreshToken, user } = await createAccount(EMAIL);
    const successor = await tokensOf(await refresh(refreshToken));
    await DB.prepare("UPDATE sessions SET rotated_at = rotated_at - ?")
      .bind(GRACE_MS + 1)
      .run();
    const answers = await Promise.all([1, 2, 3].map(() => refresh(refreshToken)));
    expect(await Promise.all(answers.map(codeOf))).toEqual(
      answers.map(() => [401, "invalid_refresh_token"]),
    );
    expect(await rowsOf("sessions")).toMatchObject([
      { revoked_at: NOW, revoked_because: "refresh_token_reused" },
    ]);
    expect(await revocations()).toMatchObject([{ actor: "service:auth", subject: user.id }]);
    expect((await refresh(successor.refreshToken)).status).toBe(401);
  });

  it("ends only the session whose token was used again", async () => {
    const { refreshToken } = await createAccount(EMAIL);
    const other = await tokensOf(await post("sign-in", { email: EMAIL, password: PASSWORD }));
    await refresh(refreshToken);
    setTime(NOW + GRACE_MS + 1);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it("ends a session that was unused for a week, and not a moment before", async () => {
    const [ann, bob] = [await createAccount(EMAIL), await createAccount("bob@example.com")];
    setTime(NOW + IDLE_MS - 1);
    expect((await refresh(ann.refreshToken)).status).toBe(200);
    setTime(NOW + IDLE_MS);
    expect((await refresh(bob.refreshToken)).status).toBe(401);
    expect(await revocations()).toEqual([]);
  });

  it("ends a session after thirty days, however much it is used", async () => {
    let { refreshToken } = await createAccount(EMAIL);
    for (let time = NOW + 6 * DAY; time < NOW + ABSOLUTE_MS; time += 6 * DAY) {
      setTime(time);
      ({ refreshToken } = await tokensOf(await refresh(refreshToken)));
    }
    setTime(NOW + ABSOLUTE_MS);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it("refuses a session of an older generation", async () => {
    const { refreshToken } = await createAccount(EMAIL);
    await DB.exec("UPDATE accounts SET generation = 1");
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await rowsOf("sessions")).toMatchObject([{ counter: 0 }]);
  });

  it("refuses what we did not make without asking the database", async () => {
    const { refreshToken } = await createAccount(EMAIL);
    const { db, texts } = rememberingDatabase();
    const door = doorWith({ change: { DB: db } });
    for (const token of ["", "junk", refreshToken.replace(".0.", ".1."), `${refreshToken}A`])
      expect((await door("refresh", { refreshToken: token })).status).toBe(401);
    expect(texts).toEqual([]);
    expect((await door("refresh", { refreshToken })).status).toBe(200);
    expect(texts).not.toEqual([]);
  });
});

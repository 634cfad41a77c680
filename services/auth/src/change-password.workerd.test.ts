import { beforeEach, describe, expect, it } from "vitest";

import { argon2id } from "./argon2.ts";
import { canRefresh, isSignedIn, newPerson, signInAgain, toldOf } from "./person.fixture.ts";
import { REMEMBER_MS } from "./session.ts";
import {
  codeOf,
  DB,
  doorWith,
  NOW,
  PASSWORD,
  post,
  rowsOf,
  setTime,
  startAfresh,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const PATH = "/v1/auth/change-password";
const NEW = "a new and better one";
const change = { currentPassword: PASSWORD, newPassword: NEW };

const signIn = (password: string) => post("sign-in", { email: "ann@example.com", password });

/** A database whose transactions wait. */
const heldUntil = (moment: Promise<void>) =>
  new Proxy(DB, {
    get: (target, name) =>
      name === "batch"
        ? async (statements: D1PreparedStatement[]) => {
            await moment;
            return target.batch(statements);
          }
        : target.prepare.bind(target),
  });

describe("change-password", () => {
  it("keeps this session, ends the others, and tells the Subject of each", async () => {
    const ann = await newPerson("ann@example.com");
    const others = [await signInAgain(ann), await signInAgain(ann)];
    expect((await ann.ask("POST", PATH, change)).status).toBe(204);
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([true, true]);
    for (const other of others)
      expect([await isSignedIn(other), await canRefresh(other)]).toEqual([false, false]);
    const told = (await toldOf(ann)).filter(({ kind }) => kind === "session_revoked");
    expect(new Set(told.map((push) => "sessionId" in push && push.sessionId))).toEqual(
      new Set(others.map(({ sessionId }) => sessionId)),
    );
  });

  it("tells nothing of sessions whose last token has expired by itself", async () => {
    const old = await newPerson("ann@example.com");
    setTime(NOW + REMEMBER_MS);
    const ann = await signInAgain(old);
    expect((await ann.ask("POST", PATH, change)).status).toBe(204);
    expect((await toldOf(ann)).map(({ kind }) => kind)).toEqual(["account"]);
    expect(await canRefresh(old)).toBe(false);
  });

  it("leaves the old password dead and the new one alive", async () => {
    const ann = await newPerson("ann@example.com");
    await ann.ask("POST", PATH, change);
    expect((await signIn(PASSWORD)).status).toBe(401);
    expect((await signIn(NEW)).status).toBe(200);
  });

  it("changes nothing for a wrong current password, or a bad new one", async () => {
    const ann = await newPerson("ann@example.com");
    const phone = await signInAgain(ann);
    const before = await rowsOf("accounts");
    const wrong = { currentPassword: "wrong password", newPassword: NEW };
    expect(await codeOf(await ann.ask("POST", PATH, wrong))).toEqual([401, "invalid_credentials"]);
    const short = { currentPassword: PASSWORD, newPassword: "short" };
    expect(await codeOf(await ann.ask("POST", PATH, short))).toEqual([422, "invalid_input"]);
    expect([await rowsOf("accounts"), await isSignedIn(phone)]).toEqual([before, true]);
  });

  it("lets no session in that was begun with the password it replaced", async () => {
    const ann = await newPerson("ann@example.com");
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    // The sign-in has read the account; before it writes its session the password becomes another.
    const slow = doorWith({
      engine: (text, salt) => {
        setTimeout(() => void ann.ask("POST", PATH, change).then(() => resolve()), 0);
        return argon2id(text, salt);
      },
      change: { DB: heldUntil(changed) },
    });
    const answer = await slow("sign-in", { email: "ann@example.com", password: PASSWORD });
    expect(await codeOf(answer)).toEqual([401, "invalid_credentials"]);
    expect(await rowsOf("sessions")).toHaveLength(1);
  });
});

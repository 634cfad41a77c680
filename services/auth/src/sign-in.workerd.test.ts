import { AUDIENCE } from "@luna/shared/token/claims";
import { createVerifier } from "@luna/shared/token/token-service";
import { beforeEach, describe, expect, it } from "vitest";

import { argon2id } from "./argon2.ts";
import {
  codeOf,
  createAccount,
  DAY,
  DB,
  doorWith,
  gateway,
  NOW,
  PASSWORD,
  post,
  rowsOf,
  setTime,
  signUp,
  startAfresh,
  tokensOf,
} from "./workerd.fixture.ts";

beforeEach(startAfresh);

const EMAIL = "ann@example.com";

const claimsOf = async (accessToken: string, issuer = "https://api.example.com") => {
  const verify = createVerifier(await gateway.publicKeys(), issuer, AUDIENCE);
  return verify(accessToken, Date.now());
};

describe("sign-in", () => {
  it.each([
    ["a wrong password", EMAIL, "wrong password", 401, "invalid_credentials"],
    ["an unknown address", "nobody@example.com", PASSWORD, 401, "invalid_credentials"],
    ["no address at all", "nobody", PASSWORD, 401, "invalid_credentials"],
    ["an unverified address", "new@example.com", PASSWORD, 403, "email_unverified"],
    ["both wrong", "new@example.com", "wrong password", 401, "invalid_credentials"],
    ["the right password", EMAIL, PASSWORD, 200, undefined],
    ["the address in capitals", "ANN@EXAMPLE.COM", PASSWORD, 200, undefined],
  ])("hashes once for %s", async (_what, email, password, status, code) => {
    await createAccount(EMAIL);
    await signUp("new@example.com");
    let hashes = 0;
    const door = doorWith({ engine: (text, salt) => ((hashes += 1), argon2id(text, salt)) });
    expect(await codeOf(await door("sign-in", { email, password }))).toEqual([status, code]);
    expect(hashes).toBe(1);
  });

  it("knows nothing of a sign-up whose link has expired or was used", async () => {
    const door = () => post("sign-in", { email: EMAIL, password: PASSWORD });
    await signUp(EMAIL);
    setTime(NOW + DAY - 1);
    expect(await codeOf(await door())).toEqual([403, "email_unverified"]);
    setTime(NOW + DAY);
    expect(await codeOf(await door())).toEqual([401, "invalid_credentials"]);
    await createAccount(EMAIL);
    await DB.exec("DELETE FROM accounts");
    expect(await codeOf(await door())).toEqual([401, "invalid_credentials"]);
  });

  it("answers a wrong password and an unknown address alike, to the letter", async () => {
    await createAccount(EMAIL);
    const answers = await Promise.all(
      [EMAIL, "nobody@example.com"].map(async (email) => {
        const answer = await post("sign-in", { email, password: "wrong password" });
        const body = await answer.json<{ requestId: string }>();
        return [answer.status, { ...body, requestId: "" }, [...answer.headers]];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it("makes one session and its record, and none when it refuses", async () => {
    const { user } = await createAccount(EMAIL);
    const before = await rowsOf("sessions");
    await post("sign-in", { email: EMAIL, password: "wrong password" });
    expect(await rowsOf("sessions")).toEqual(before);
    await tokensOf(await post("sign-in", { email: EMAIL, password: PASSWORD }));
    expect(await rowsOf("sessions")).toHaveLength(before.length + 1);
    expect((await rowsOf("audit")).at(-1)).toMatchObject({
      action: "session.created",
      actor: user.id,
    });
  });

  it("gives an access token that says who, for a quarter of an hour", async () => {
    const { accessToken, user, expiresIn, tokenType } = await createAccount(EMAIL);
    expect([tokenType, expiresIn]).toEqual(["Bearer", 900]);
    expect(await claimsOf(accessToken)).toMatchObject({
      ok: true,
      value: { sub: user.id, gen: 0, role: "user", exp: NOW / 1_000 + 900 },
    });
    expect(await claimsOf(accessToken, "https://other.example.com")).toMatchObject({ ok: false });
    setTime(NOW + 900_000);
    expect(await claimsOf(accessToken)).toMatchObject({ ok: false, code: "expired" });
  });

  it("makes an administrator of whom the operator lists, and of nobody else", async () => {
    const [boss, ann] = [await createAccount("boss@example.com"), await createAccount(EMAIL)];
    expect(await claimsOf(boss.accessToken)).toMatchObject({ value: { role: "admin" } });
    expect(await claimsOf(ann.accessToken)).toMatchObject({ value: { role: "user" } });
  });
});

describe("public keys", () => {
  it("hold nothing private", async () => {
    const { keys } = await gateway.publicKeys();
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ["alg", "crv", "kid", "kty", "use", "x", "y"],
    ]);
  });
});

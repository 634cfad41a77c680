import { arrivalOf } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import {
  forge,
  goodClaims,
  goodHeader,
  KID,
  newSigningKeys,
} from "@luna/shared/token/forge-for-tests";
import { publicKeysOf, type SigningKeys } from "@luna/shared/token/keys";
import { beforeAll, describe, expect, it } from "vitest";

import type { Env } from "./env.ts";
import { config, NOW } from "./passage-for-tests.ts";
import { readCredential } from "./read-credential.ts";

const NOW_S = NOW / 1_000;
const claims = { ...goodClaims, iss: config.API_URL, iat: NOW_S, nbf: NOW_S, exp: NOW_S + 900 };

let ours: SigningKeys;
let theirs: SigningKeys;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([newSigningKeys(), newSigningKeys()]);
});

/** Only the public keys may be asked for, which auth has in its configuration: no table, no object. */
const world = (signers: SigningKeys) => {
  const asked: string[] = [];
  const auth = {
    publicKeys: () => Promise.resolve(publicKeysOf(signers)),
  };
  const only = <T extends object>(parts: T, owner: string): T =>
    new Proxy(parts, {
      get: (target, name) => {
        asked.push(`${owner}${String(name)}`);
        if (!(name in target)) throw new Error(`asked ${owner}${String(name)}`);
        return Reflect.get(target, name) as unknown;
      },
    });
  return { env: only({ AUTH: only(auth, "AUTH.") }, "") as unknown as Env, asked };
};

const show = async (token: string, now = NOW, signers = ours) => {
  const { env, asked } = world(signers);
  const headers = { authorization: `Bearer ${token}` };
  const arrival = arrivalOf(new Request("https://api.example.com/v1/me", { headers }));
  const answer = await readCredential(arrival, env, config, now);
  return { answer: answer instanceof Failure ? answer.code : answer, asked };
};

const good = () => forge(ours, goodHeader, claims);
/** A token with one part changed as given. */
const altered = async (index: number, change: (part: string) => string) => {
  const parts = (await good()).split(".");
  return parts.map((part, at) => (at === index ? change(part) : part)).join(".");
};
const swap = (part: string): string =>
  part.slice(0, 20) + (part[20] === "A" ? "B" : "A") + part.slice(21);

describe("an access token", () => {
  it("that is good names its caller", async () => {
    const { answer } = await show(await good());
    expect(answer).toMatchObject({ userId: claims.sub, presented: { sessionId: claims.sid } });
  });

  it.each<[string, () => Promise<string>]>([
    ["with another signature", () => altered(2, swap)],
    ["with other claims", () => altered(1, swap)],
    ["with another header", () => altered(0, swap)],
    ["cut short in its signature", async () => (await good()).slice(0, -1)],
    ["cut off after its claims", async () => (await good()).split(".").slice(0, 2).join(".")],
    ["without a signature", () => altered(2, () => "")],
    ["that somebody else signed", () => forge(theirs, goodHeader, claims)],
    ["that has expired", () => forge(ours, goodHeader, { ...claims, exp: NOW_S })],
    ["that is not valid yet", () => forge(ours, goodHeader, { ...claims, nbf: NOW_S + 60 })],
    ["for another audience", () => forge(ours, goodHeader, { ...claims, aud: "elsewhere" })],
    ["of another issuer", () => forge(ours, goodHeader, { ...claims, iss: "https://evil.test" })],
    ["of the algorithm none", () => forge(ours, { ...goodHeader, alg: "none" }, claims)],
    ["of the algorithm HS256", () => forge(ours, { ...goodHeader, alg: "HS256" }, claims)],
    ["of the algorithm RS256", () => forge(ours, { ...goodHeader, alg: "RS256" }, claims)],
    ["of another type", () => forge(ours, { ...goodHeader, typ: "JWT" }, claims)],
    ["of 10 KB", () => forge(ours, goodHeader, { ...claims, jti: "x".repeat(10_240) })],
  ])("%s is refused, and nothing but the public keys is read", async (_what, make) => {
    const { answer, asked } = await show(await make());
    expect(answer).toBe("invalid_token");
    expect(asked.filter((name) => name !== "AUTH" && name !== "AUTH.publicKeys")).toEqual([]);
  });

  it("with a made-up key name costs one look at the keys in five seconds", async () => {
    const looks: string[] = [];
    for (let forged = 0; forged < 200; forged += 1) {
      const token = await forge(ours, { ...goodHeader, kid: `${KID}-${forged}` }, claims);
      const { answer, asked } = await show(token, NOW + 600_000);
      expect(answer).toBe("invalid_token");
      looks.push(...asked.filter((name) => name === "AUTH.publicKeys"));
    }
    expect(looks).toHaveLength(1);
  });
});

// Last, because it leaves this isolate with other keys.
describe("an access token that was good before", () => {
  it("is believed without asking anybody, until its signing key has been revoked for a minute", async () => {
    const token = await good();
    const seen = NOW + 700_000;
    await show(token, seen);
    const again = await show(token, seen + 59_999, theirs);
    expect(again).toMatchObject({ answer: { userId: claims.sub }, asked: [] });
    const { answer, asked } = await show(token, seen + 60_000, theirs);
    expect(answer).toBe("invalid_token");
    expect(asked).toContain("AUTH.publicKeys");
  });
});

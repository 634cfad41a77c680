import type { Tier } from "@luna/shared/plans";
import type { Caller, Scope, UserCaller } from "@luna/shared/rpc/caller";
import { ok } from "@luna/shared/rpc/result";
import type { Presented } from "@luna/shared/rpc/subject";
import { AUDIENCE, type Claims } from "@luna/shared/token/claims";
import { createVerifier } from "@luna/shared/token/token-service";
import { exchange } from "@luna/shared/rpc/exchange";
import { expect } from "vitest";

import type { Tokens } from "./tokens.ts";
import {
  anonymous,
  createAccount,
  gateway,
  gatewayWith,
  PASSWORD,
  post,
  tokensOf,
  USERS,
  type Told,
} from "./workerd.fixture.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request through the gateway's door, as somebody. */
export const ask = (
  caller: Caller,
  method: Method,
  path: string,
  body?: object,
  door: Parameters<typeof exchange>[0] = gateway,
): Promise<Response> => {
  const init =
    body === undefined
      ? { method }
      : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return exchange(door, new Request(`https://api.example.com${path}`, init), caller);
};

/** Somebody signed in: one of their sessions, and what they ask through it. */
export interface Person {
  id: string;
  email: string;
  sessionId: string;
  tokens: Tokens;
  caller: UserCaller;
  presented: Presented;
  ask(method: Method, path: string, body?: object): Promise<Response>;
}

const claimsOf = async ({ accessToken }: Tokens): Promise<Claims> => {
  const verify = createVerifier(await gateway.publicKeys(), "https://api.example.com", AUDIENCE);
  const claims = await verify(accessToken, Date.now());
  expect(claims).toEqual(ok(expect.anything()));
  return (claims as { value: Claims }).value;
};

const personOf = async (tokens: Tokens): Promise<Person> => {
  const { sub, sid, gen, role } = await claimsOf(tokens);
  const caller: UserCaller = {
    ...anonymous,
    kind: "user",
    userId: sub,
    credential: { kind: "session", sessionId: sid },
    role,
    tier: "free",
  };
  return as(caller, {
    id: sub,
    email: tokens.user.email,
    sessionId: sid,
    tokens,
    presented: { kind: "session", sessionId: sid, generation: gen },
  });
};

const as = (caller: UserCaller, person: Omit<Person, "caller" | "ask">): Person => ({
  ...person,
  caller,
  ask: (method, path, body) => ask(caller, method, path, body),
});

/** The same person on another plan. */
export const on = (tier: Tier, person: Person): Person => as({ ...person.caller, tier }, person);

/** The same person where limits are those of production. */
export const unscaled = (person: Person): Person => ({
  ...person,
  ask: (method, path, body) =>
    ask(person.caller, method, path, body, gatewayWith({ RATE_LIMIT_SCALE: "1" })),
});

export const newPerson = async (email: string): Promise<Person> =>
  personOf(await createAccount(email));

/** The same person on another device. */
export const signInAgain = async ({ email }: Person, password = PASSWORD): Promise<Person> =>
  personOf(await tokensOf(await post("sign-in", { email, password })));

/** The same person behind an API key. */
export const withKey = ({ caller }: Person, scopes: Scope[] = ["read", "write"]): Caller => ({
  ...caller,
  credential: { kind: "key", keyId: "00key", scopes },
});

/** Whether auth still stands behind the session of this person. */
export const isSignedIn = async ({ presented, id }: Person): Promise<boolean> =>
  (await gateway.confirm(presented, id)).ok;

export const canRefresh = async ({ tokens }: Person): Promise<boolean> =>
  (await post("refresh", { refreshToken: tokens.refreshToken })).status === 200;

/** What this person's Subject was told, oldest first. */
export const toldOf = async ({ id }: Person): Promise<Told[]> =>
  (await USERS.pushed()).filter(({ userId }) => userId === id);

import type { KeySet } from "@luna/shared/key-set";
import type { Role } from "@luna/shared/rpc/caller";
import type { Sign } from "@luna/shared/token/token-service";
import * as v from "valibot";

import { refreshToken } from "./refresh-token.ts";
import { ACCESS_TOKEN_S } from "./session.ts";

/** What sign-in, verify-email and refresh answer, as API.md fixes it. */
export const Tokens = v.strictObject({
  accessToken: v.string(),
  refreshToken: v.string(),
  tokenType: v.literal("Bearer"),
  expiresIn: v.number(),
  user: v.strictObject({ id: v.string(), email: v.string() }),
});
export type Tokens = v.InferOutput<typeof Tokens>;

/** For whom tokens are made. */
export interface Bearer {
  accountId: string;
  email: string;
  role: Role;
  generation: number;
  sessionId: string;
  counter: number;
}

export interface TokenMaker {
  sign: Sign;
  refreshKeys: KeySet;
  issuer: string;
  audience: string;
}

export const makeTokens = async (
  { sign, refreshKeys, issuer, audience }: TokenMaker,
  bearer: Bearer,
  now: number,
): Promise<Tokens> => {
  const seconds = Math.floor(now / 1_000);
  const accessToken = await sign({
    iss: issuer,
    aud: audience,
    sub: bearer.accountId,
    sid: bearer.sessionId,
    gen: bearer.generation,
    role: bearer.role,
    iat: seconds,
    nbf: seconds,
    exp: seconds + ACCESS_TOKEN_S,
  });
  return {
    accessToken,
    refreshToken: await refreshToken(refreshKeys, bearer),
    tokenType: "Bearer",
    expiresIn: ACCESS_TOKEN_S,
    user: { id: bearer.accountId, email: bearer.email },
  };
};

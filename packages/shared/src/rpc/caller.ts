import type { Tier } from "../plans.ts";

/** Where a request came from. Filled by the gateway only; never read from a header downstream. */
export interface Client {
  /** IPv4 or IPv6 address as the edge saw it; empty on a laptop without one. */
  address: string;
  /** Durable Object location hint of the client's continent, or `null` when unknown. */
  region: string | null;
  userAgent: string;
  /** BCP 47 tag the client prefers; `en` when it says nothing usable. */
  language: string;
}

export type Role = "user" | "admin";

/** What an API key may do: `read` is GET, `write` is everything else. Administration is for people. */
export const SCOPES = ["read", "write"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a caller proved their identity with. */
export type Credential =
  | { kind: "session"; sessionId: string }
  | { kind: "key"; keyId: string; scopes: Scope[] };

/**
 * Who is asking, decided once in the gateway and handed on as an RPC argument.
 * It travels beside the `Request`, not inside it, so no header a client sends can forge it.
 */
export type Caller =
  | { kind: "anonymous"; client: Client }
  | {
      kind: "user";
      client: Client;
      userId: string;
      credential: Credential;
      role: Role;
      /** The plan their Subject named for this request. */
      tier: Tier;
    };

export type UserCaller = Extract<Caller, { kind: "user" }>;

import type { Caller } from "@luna/shared/rpc/caller";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";

const doors = exports as unknown as { ForGateway: ServiceDoor };
const client = { address: "192.0.2.1", region: null, userAgent: "test", language: "en" };

const signedIn = (role: "user" | "admin"): Caller => ({
  kind: "user",
  client,
  userId: "00root",
  credential: { kind: "session", sessionId: "00session" },
  role,
  tier: "free",
});

/** Asks as an administrator, or as somebody else, through the gateway's door. */
export const ask = async (
  method: string,
  path: string,
  body?: unknown,
  role: "user" | "admin" = "admin",
) => {
  const request = new Request(`https://luna.test/v1/admin${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const response = await exchange(doors.ForGateway, request, signedIn(role));
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

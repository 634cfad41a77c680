import type { Caller } from "@luna/shared/rpc/caller";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";

import { clockOf, MINUTE, setTime, SLOT, testEnv } from "./workerd.fixture.ts";

export const JOB = "outbox-sweep";
export const TASKS = "/v1/admin/scheduled-tasks";

export const door = (exports as unknown as { ForGateway: ServiceDoor }).ForGateway;
export const client = { address: "192.0.2.1", region: null, userAgent: "test", language: "en" };
export const signedIn = (role: "user" | "admin"): Caller => ({
  kind: "user",
  client,
  userId: "00ada",
  credential: { kind: "session", sessionId: "00session" },
  role,
  tier: "free",
});

export const ask = async (method: "GET" | "POST", path: string, caller = signedIn("admin")) => {
  const response = await exchange(
    door,
    new Request(`https://luna.test${path}`, { method }),
    caller,
  );
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

export const auditOf = async () => {
  const rows = await testEnv.DB.prepare(
    "SELECT actor, action, subject FROM audit ORDER BY id",
  ).all();
  return rows.results;
};

/** Runs the slots of these minutes after the first one. */
export const runMinutes = async (...minutes: number[]) => {
  for (const minute of minutes) {
    setTime(SLOT + minute * MINUTE);
    await clockOf(JOB).due(SLOT + minute * MINUTE);
  }
};

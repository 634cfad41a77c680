import type { Caller } from "@luna/shared/rpc/caller";
import type { ServiceDoor } from "@luna/shared/rpc/door";
import { exchange } from "@luna/shared/rpc/exchange";
import { exports } from "cloudflare:workers";

import { testEnv } from "./workerd.fixture.ts";

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** One of the two numbers of a signature as a DER INTEGER: shortest form, never negative. */
const integer = (number: Uint8Array): number[] => {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = Array.from(number.subarray(first === -1 ? number.length - 1 : first));
  const positive = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
  return [0x02, positive.length, ...positive];
};

const sign = async (text: string): Promise<string> => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const secret = bytesOf(testEnv.EVENT_SECRET);
  const key = await crypto.subtle.importKey("pkcs8", secret, algorithm, false, ["sign"]);
  const signing = { name: "ECDSA", hash: "SHA-256" };
  const raw = new Uint8Array(
    await crypto.subtle.sign(signing, key, new TextEncoder().encode(text)),
  );
  const numbers = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return base64(Uint8Array.from([0x30, numbers.length, ...numbers]));
};

const signedRequest = async (body: string, headers: Record<string, string>): Promise<Request> => {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signed = {
    "x-twilio-email-event-webhook-signature": await sign(timestamp + body),
    "x-twilio-email-event-webhook-timestamp": timestamp,
  };
  const init = { method: "POST", body, headers: { ...signed, ...headers } };
  return new Request("https://events.test/webhooks/sendgrid", init);
};

/** Posts bytes to the service's own door as the provider does; `headers` replace its own. */
export const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
  const response = await exports.default.fetch(await signedRequest(body, headers));
  await response.text();
  return response.status;
};

const ANYBODY: Caller = {
  kind: "anonymous",
  client: { address: "192.0.2.1", region: null, userAgent: "SendGrid Event API", language: "en" },
};

/** The same as it arrives from the gateway. */
export const postByGateway = async (body: string): Promise<number> => {
  const doors = exports as unknown as { ForGateway: ServiceDoor };
  return (await exchange(doors.ForGateway, await signedRequest(body, {}), ANYBODY)).status;
};

let made = 0;

/** One event as SendGrid writes it. */
export const event = (name: string, more: Record<string, unknown> = {}) => {
  made += 1;
  return {
    email: "ada@example.com",
    timestamp: Math.floor(Date.now() / 1_000),
    event: name,
    sg_event_id: `event-${made}`,
    sg_message_id: "message.filter0001",
    ...more,
  };
};

/** One delivery: SendGrid ends it with a line break. */
export const tell = (...events: unknown[]) => post(`${JSON.stringify(events)}\r\n`);

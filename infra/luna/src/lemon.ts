import { ROOT } from "./root.ts";
import { Complaint, readSettings } from "./settings.ts";

/** The emulator answers at once; longer means that something else has the port. */
const TIMEOUT_MS = 10_000;

/** What can happen to a subscription, in the emulator's words. */
export const ACTIONS = [
  "renew",
  "fail",
  "recover",
  "pause",
  "unpause",
  "cancel",
  "resume",
  "expire",
  "refund",
] as const;

const post = async (path: string, body: Record<string, string>): Promise<number> => {
  const { lemonPort } = readSettings(process.env, ROOT);
  const url = `http://127.0.0.1:${lemonPort}${path}`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Complaint(`No emulator on port ${lemonPort}: run npm start, or set LEMON_PORT.`);
  });
  const text = await response.text();
  console.log(text.trim());
  return response.ok ? 0 : 1;
};

/** Pays the newest open checkout of an address, as its buyer would. */
export const pay = (email: string): Promise<number> => post("/emulator/pay", { email });

/** Lets something happen to a subscription; the emulator sends its webhooks. */
export const act = (action: string, subscription: string): Promise<number> =>
  post(`/emulator/subscriptions/${encodeURIComponent(subscription)}/${action}`, {});

import { callEmulator, type EmulatorCall } from "./call-emulator.ts";
import { answerText, deliveryText, type ShownDelivery } from "./print-answer.ts";

/** Fields of a request: what was not asked for is not sent. */
export type Wish = Readonly<Record<string, unknown>>;

const print = async (call: EmulatorCall): Promise<number> => {
  console.log(answerText(await callEmulator(call)));
  return 0;
};
const post = (path: string, body: Wish): Promise<number> => print({ method: "POST", path, body });

/** Pays the newest open checkout of an address, as its buyer would. */
export const pay = (wish: Wish): Promise<number> => post("/emulator/pay", wish);

/** Lets something happen to a subscription; the emulator sends its webhooks. */
export const act = (action: string, subscription: string, wish: Wish): Promise<number> =>
  post(`/emulator/subscriptions/${encodeURIComponent(subscription)}/${action}`, wish);

/** Sells to many at once. The ids are many too: only their number is printed. */
export const bulk = async (wish: Wish): Promise<number> => {
  const made = await callEmulator({ method: "POST", path: "/emulator/bulk", body: wish });
  const { purchases, deliveries, perSecond } = made as Record<string, unknown>;
  console.log(answerText({ purchases, deliveries, perSecond }));
  return 0;
};

/** Sends a trace, or lists them all when none is named. */
export const trace = async (name: string | undefined, wish: Wish): Promise<number> => {
  if (name !== undefined) return post(`/emulator/traces/${encodeURIComponent(name)}`, wish);
  const traces = await callEmulator({ method: "GET", path: "/emulator/traces" });
  for (const { name: known, about } of traces as { name: string; about: string }[])
    console.log(`${known}\n  ${about}`);
  return 0;
};

export const deliveries = async (state: string | undefined, limit: string): Promise<number> => {
  const query = new URLSearchParams({ limit, ...(state === undefined ? {} : { state }) });
  const rows = await callEmulator({
    method: "GET",
    path: `/emulator/deliveries?${query.toString()}`,
  });
  for (const row of rows as ShownDelivery[]) console.log(deliveryText(row));
  return 0;
};

export const resend = async (id: string, times: number): Promise<number> => {
  const path = `/emulator/deliveries/${encodeURIComponent(id)}/resend`;
  const row = await callEmulator({ method: "POST", path, body: { times } });
  console.log(deliveryText(row as ShownDelivery));
  return 0;
};

export const journal = (): Promise<number> => print({ method: "GET", path: "/emulator/journal" });

/** Changes the chaos, ends it, or only shows it. */
export const chaos = ({ calm, ...wish }: Wish & { calm?: boolean }): Promise<number> => {
  if (calm === true) return print({ method: "DELETE", path: "/emulator/chaos" });
  return Object.keys(wish).length === 0
    ? print({ method: "GET", path: "/emulator/chaos" })
    : post("/emulator/chaos", wish);
};

export const fault = (mode: string, rate: number): Promise<number> =>
  post("/emulator/faults", { mode, rate });

export const limit = (callsPerMinute: number): Promise<number> =>
  post("/emulator/limit", { callsPerMinute });

import { callEmulator, type EmulatorCall } from "./call-emulator.ts";
import { answerText, deliveryText, type ShownDelivery } from "./print-answer.ts";

/** Fields of a request: what was not asked for is not sent. */
export type Wish = Readonly<Record<string, unknown>>;

/** What every command takes. */
interface Shown {
  /** Print the answer as it came, for a program. */
  json: boolean;
}
/** The options of a command: fields of a request and how to print the answer. */
export type Asked = Wish & Shown;

/** Asks the emulator and prints its answer, for people as `text` puts it. */
const print = async (
  call: EmulatorCall,
  { json }: Shown,
  text: (answer: unknown) => string = answerText,
): Promise<number> => {
  const answer = await callEmulator(call);
  const shown = json ? JSON.stringify(answer, null, 2) : text(answer);
  if (shown !== "") console.log(shown);
  return 0;
};
const post = (path: string, { json, ...body }: Asked): Promise<number> =>
  print({ method: "POST", path, body }, { json });

/** Pays the newest open checkout of an address, as its buyer would. */
export const pay = (asked: Asked): Promise<number> => post("/emulator/pay", asked);

/** Lets something happen to a subscription; the emulator sends its webhooks. */
export const act = (action: string, subscription: string, asked: Asked): Promise<number> =>
  post(`/emulator/subscriptions/${encodeURIComponent(subscription)}/${action}`, asked);

/** Sells to many at once. The ids are many too: people are told their number. */
export const bulk = ({ json, ...body }: Asked): Promise<number> =>
  print({ method: "POST", path: "/emulator/bulk", body }, { json }, (made) => {
    const { purchases, deliveries, perSecond } = made as Record<string, unknown>;
    return answerText({ purchases, deliveries, perSecond });
  });

/** Sends a trace, or lists them all when none is named. */
export const trace = (name: string | undefined, asked: Asked): Promise<number> =>
  name === undefined
    ? print({ method: "GET", path: "/emulator/traces" }, asked, (traces) =>
        (traces as { name: string; about: string }[])
          .map(({ name: known, about }) => `${known}\n  ${about}`)
          .join("\n"),
      )
    : post(`/emulator/traces/${encodeURIComponent(name)}`, asked);

export const deliveries = ({
  state,
  limit,
  json,
}: Shown & { state?: string; limit: string }): Promise<number> => {
  const query = new URLSearchParams({ limit, ...(state === undefined ? {} : { state }) });
  const path = `/emulator/deliveries?${query.toString()}`;
  return print({ method: "GET", path }, { json }, (rows) =>
    (rows as ShownDelivery[]).map(deliveryText).join("\n"),
  );
};

export const resend = (id: string, { times, json }: Shown & { times: number }): Promise<number> => {
  const path = `/emulator/deliveries/${encodeURIComponent(id)}/resend`;
  return print({ method: "POST", path, body: { times } }, { json }, (row) =>
    deliveryText(row as ShownDelivery),
  );
};

export const journal = (asked: Shown): Promise<number> =>
  print({ method: "GET", path: "/emulator/journal" }, asked);

/** Changes the chaos, ends it, or only shows it. */
export const chaos = ({ calm, json, ...wish }: Asked & { calm?: boolean }): Promise<number> => {
  const path = "/emulator/chaos";
  if (calm === true) return print({ method: "DELETE", path }, { json });
  return Object.keys(wish).length === 0
    ? print({ method: "GET", path }, { json })
    : post(path, { ...wish, json });
};

export const fault = (mode: string, { rate, json }: Shown & { rate: number }): Promise<number> =>
  post("/emulator/faults", { mode, rate, json });

export const limit = (callsPerMinute: number, { json }: Shown): Promise<number> =>
  post("/emulator/limit", { callsPerMinute, json });

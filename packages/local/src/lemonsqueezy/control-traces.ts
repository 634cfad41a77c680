import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { listOf, readFields, text, wholeFrom } from "./fields.ts";
import type { Delivery } from "./records.ts";
import { recordDeliveries, type Shop } from "./shop.ts";
import type { Put } from "./state.ts";
import { deliveriesOf, finalOf, type TraceEvent } from "./trace.ts";
import { TRACES } from "./traces.ts";

/** Seven-digit ids stay apart up to here. */
const MOST_COPIES = 30_000;
const MOST_EVENTS = 100;
const LONGEST_GAP_MS = 60_000;
/** Far enough apart that the events arrive in the order given, on an idle machine. */
const GAP_MS = 100;

const FIELDS = {
  ref: text,
  copy: wholeFrom(0, MOST_COPIES),
  order: listOf(wholeFrom(0, MOST_EVENTS), MOST_EVENTS),
  gapMs: wholeFrom(0, LONGEST_GAP_MS),
};

const webhookIdOf = (body: string): string | null =>
  (JSON.parse(body) as TraceEvent["body"]).meta.webhook_id ?? null;

/**
 * Sends the events of a trace in the order given, by their numbers from 0; a number may be left out
 * or come twice. From then on the API shows the objects as the trace leaves them.
 */
const replay = async (shop: Shop, { params, body }: Call): Promise<Reply> => {
  const trace = TRACES.find(({ name }) => name === params["name"]);
  if (trace === undefined) return problem(404, "No such trace.");
  const input = readFields(body, FIELDS);
  if ("problem" in input) return problem(422, input.problem);
  const { ref = "", copy = 0, gapMs = GAP_MS, order } = input.values;
  const retelling = { ref, copy, storeId: shop.store.id, secret: "" };
  const events = deliveriesOf(trace, retelling);
  const chosen = order === undefined ? events : order.flatMap((index) => events[index] ?? []);
  if (order !== undefined && chosen.length < order.length) {
    return problem(422, `"order" must be of numbers from 0 to ${events.length - 1}.`);
  }
  const now = shop.clock();
  const deliveries = chosen.map(({ eventName, body: bytes }): Delivery => ({
    id: shop.state.nextId("deliveries"),
    eventName,
    webhookId: webhookIdOf(bytes),
    body: bytes,
    createdAt: now,
  }));
  const guests = Object.values(finalOf(trace, retelling))
    .flat()
    .map((resource): Put => ({
      table: "guests",
      row: { id: `${resource.type}/${resource.id}`, resource },
    }));
  let sent = 0;
  const pace = (): number => {
    const due = now + sent * gapMs;
    sent += 1;
    return due;
  };
  await recordDeliveries({ ...shop, pace }, guests, deliveries, () => ({ orderId: copy }));
  return json(201, { deliveries: deliveries.map(({ id }) => String(id)) });
};

export const traceControls = (shop: Shop): Route[] => [
  [
    "GET",
    "/emulator/traces",
    () =>
      json(
        200,
        TRACES.map(({ name, about, undecidable = false, events }) => ({
          name,
          about,
          undecidable,
          events: events.map(({ event_name }) => event_name),
        })),
      ),
  ],
  ["POST", "/emulator/traces/:name", (call) => replay(shop, call)],
];

import type { Call, Reply, Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import type { CallCounter } from "./call-counter.ts";
import { MOST_TIMES } from "./chaos.ts";
import { readFields, wholeFrom } from "./fields.ts";
import { isAcknowledged, summarize } from "./journal-summary.ts";
import type { Delivery, Progress } from "./records.ts";
import type { Shop } from "./shop.ts";

const shown = (delivery: Delivery, progress: Progress) => ({
  id: String(delivery.id),
  eventName: delivery.eventName,
  webhookId: delivery.webhookId,
  state: progress.state,
  acknowledged: isAcknowledged(progress),
  attempts: progress.attempts.map(({ at, ...attempt }) => ({
    at: new Date(at).toISOString(),
    ...attempt,
  })),
  nextAttemptAt: progress.state === "pending" ? new Date(progress.dueAt).toISOString() : null,
  createdAt: new Date(delivery.createdAt).toISOString(),
});

const parameter = (call: Call, name: string, otherwise: number): number => {
  const given = Number(call.url.searchParams.get(name) ?? otherwise);
  return Number.isInteger(given) && given >= 0 ? given : otherwise;
};

/** `?state=` picks, `?after=<id>` and `?limit=` page forward; without `after`, newest first. */
const list = ({ state }: Shop, call: Call): Reply => {
  const after = call.url.searchParams.has("after") ? parameter(call, "after", 0) : null;
  const limit = parameter(call, "limit", Number.MAX_SAFE_INTEGER);
  const wanted = call.url.searchParams.get("state");
  const all = state.list("deliveries");
  const rows: ReturnType<typeof shown>[] = [];
  for (const delivery of after === null ? all.toReversed() : all) {
    const progress = state.get("progress", delivery.id);
    if (rows.length >= limit) break;
    if (progress === undefined || delivery.id <= (after ?? 0)) continue;
    if (wanted === null || progress.state === wanted) rows.push(shown(delivery, progress));
  }
  return json(200, rows);
};

/** The raw bytes too, for whoever wants to send them in another way. */
const one = ({ state }: Shop, id: number): Reply => {
  const delivery = state.get("deliveries", id);
  const progress = state.get("progress", id);
  if (delivery === undefined || progress === undefined) return problem(404, "No such delivery.");
  return json(200, { ...shown(delivery, progress), body: delivery.body });
};

/** The provider's dashboard has this button; the bytes and the webhook id are those of before. */
const resend = async (shop: Shop, { params, body }: Call): Promise<Reply> => {
  const id = Number(params["id"]);
  const input = readFields(body, { times: wholeFrom(1, MOST_TIMES) });
  if ("problem" in input) return problem(422, input.problem);
  if (shop.state.get("deliveries", id) === undefined) return problem(404, "No such delivery.");
  await shop.sender.resend(id, input.values.times ?? 1);
  return one(shop, id);
};

/** The journal of webhooks: what was sent, how often, and what came back. */
export const deliveryControls = (shop: Shop, counter: CallCounter): Route[] => [
  ["GET", "/emulator/deliveries", (call) => list(shop, call)],
  ["GET", "/emulator/deliveries/:id", ({ params }) => one(shop, Number(params["id"]))],
  ["POST", "/emulator/deliveries/:id/resend", (call) => resend(shop, call)],
  [
    "GET",
    "/emulator/journal",
    () => json(200, { ...summarize(shop.state.list("progress")), api: counter.told() }),
  ],
];

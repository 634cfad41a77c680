/** An object of the emulator's API, as far as a line of text needs it. */
interface Shown {
  type: string;
  id: string;
  attributes: Readonly<Record<string, unknown>>;
}

export interface ShownDelivery {
  id: string;
  eventName: string;
  state: string;
  attempts: readonly { outcome: number | string; answered: number | null; resent?: true }[];
}

const isShown = (answer: unknown): answer is Shown =>
  typeof answer === "object" && answer !== null && "attributes" in answer;

const day = (value: unknown): string => (typeof value === "string" ? value.slice(0, 10) : "");

/** `active, 3 seats, renews 2026-12-21`. */
const subscriptionText = ({ attributes }: Shown): string => {
  const item = attributes["first_subscription_item"] as { quantity: number } | null;
  const seats = item === null || item.quantity === 1 ? [] : [`${item.quantity} seats`];
  const ends = day(attributes["ends_at"]);
  const next = ends === "" ? `renews ${day(attributes["renews_at"])}` : `ends ${ends}`;
  return [attributes["product_name"], attributes["status"], ...seats, next].join(", ");
};

const valueText = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const parts = Object.entries(value).map(([name, inner]) => `${name} ${valueText(inner)}`);
  return parts.length === 0 ? "none" : parts.join(", ");
};

/** An answer of the emulator for people: one line for an object, else a line per field. */
export const answerText = (answer: unknown): string => {
  if (isShown(answer)) return `subscription ${answer.id}: ${subscriptionText(answer)}`;
  const entries = Object.entries(answer as Record<string, unknown>);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${valueText(value)}`).join("\n");
};

/** What one attempt came to; in brackets what really came back when chaos lied. */
const attemptText = ({ outcome, answered, resent }: ShownDelivery["attempts"][number]): string =>
  [
    outcome,
    typeof outcome === "number" && answered !== outcome ? ` (${answered ?? "nothing"})` : "",
    resent === true ? " by hand" : "",
  ].join("");

const ID_WIDTH = 6;
const NAME_WIDTH = 31;
const STATE_WIDTH = 10;

export const deliveryText = ({ id, eventName, state, attempts }: ShownDelivery): string =>
  [
    id.padStart(ID_WIDTH),
    eventName.padEnd(NAME_WIDTH),
    state.padEnd(STATE_WIDTH),
    attempts.map(attemptText).join(", "),
  ]
    .join("  ")
    .trimEnd();

import { phpJson } from "./php-json.ts";
import type { Resource } from "./json-api.ts";
import { sign } from "./signature.ts";

/** One event of a trace, as the provider made it. */
export interface TraceEvent {
  event_name: string;
  /** When the provider made it: the moment from which its signed links count. */
  at: string;
  body: {
    meta: {
      test_mode: boolean;
      event_name: string;
      custom_data?: Readonly<Record<string, string>>;
      webhook_id?: string;
    };
    data: Resource;
  };
}

/** What a receiver may get for one purchase, oldest arrival first, and where it ends. */
export interface Trace {
  name: string;
  about: string;
  /** The payloads alone do not say which state is last, or say it wrongly: only the API knows. */
  undecidable?: boolean;
  events: readonly TraceEvent[];
  /** What the API would answer afterwards, by resource type. */
  final: Readonly<Record<string, readonly Resource[]>>;
}

export interface Retelling {
  /** Takes the place of `{ref}` in the custom data. */
  ref: string;
  secret: string;
  storeId?: string | number;
  /** Which buyer tells it: each copy has ids of its own. 0 is the trace as it stands. */
  copy?: number;
}

export interface TraceDelivery {
  eventName: string;
  /** The bytes that are signed; ASCII only. */
  body: string;
  headers: Readonly<Record<string, string>>;
}

/** In traces every id of an object has seven digits, and nothing else does. */
const OBJECT_ID = /\b\d{7}\b/g;
/** Traces use fewer than a hundred ids of a kind, so copies a hundred apart never meet. */
const ID_STEP = 100;
const UUID = /\b([0-9a-f]{8})(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/g;
const STORE_ID = /"store_id":\d+/g;

const renumbered = (text: string, copy: number): string =>
  copy === 0
    ? text
    : text
        .replace(OBJECT_ID, (id) => String(Number(id) + copy * ID_STEP))
        .replace(UUID, (start) =>
          ((Number.parseInt(start, 16) + copy) >>> 0).toString(16).padStart(8, "0"),
        );

const retold = <T>(value: T, { ref, storeId, copy = 0 }: Omit<Retelling, "secret">): T => {
  const text = renumbered(JSON.stringify(value), copy).replaceAll(
    '"{ref}"',
    // A function, so that a `$` in the reference stays one.
    () => JSON.stringify(ref),
  );
  return JSON.parse(
    storeId === undefined ? text : text.replace(STORE_ID, `"store_id":${Number(storeId)}`),
  ) as T;
};

/** What the webhook would receive, byte for byte and signed. */
export const deliveriesOf = (trace: Trace, retelling: Retelling): TraceDelivery[] =>
  trace.events.map((event) => {
    const body = phpJson(retold(event.body, retelling));
    return {
      eventName: event.event_name,
      body,
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "LemonSqueezy-Hookshot",
        "X-Event-Name": event.event_name,
        "X-Signature": sign(retelling.secret, body),
      },
    };
  });

/** What the API would answer at the end, for the same retelling. */
export const finalOf = (
  { final }: Trace,
  retelling: Pick<Retelling, "storeId" | "copy">,
): Trace["final"] => retold(final, { ref: "", ...retelling });

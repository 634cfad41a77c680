import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { Resource } from "./json-api.ts";
import { phpJson } from "./php-json.ts";
import { sign } from "./signature.ts";
import { deliveriesOf, finalOf, type Trace, type TraceEvent } from "./trace.ts";
import { TRACES } from "./traces.ts";

const SECRET = "test-webhook-secret";
const HOUR_S = 3_600;
const RETELLING = { ref: "a$&/b", secret: SECRET };

const cases = TRACES.map((trace): [string, Trace] => [trace.name, trace]);
const resources = (trace: Trace): Resource[] => [
  ...trace.events.map(({ body }) => body.data),
  ...Object.values(trace.final).flat(),
];
/** Every field at any depth, with its name. */
const fields = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [
        [name, inner] as [string, unknown],
        ...fields(inner),
      ])
    : [];
const expiries = ({ attributes }: Resource): number[] =>
  fields(attributes["urls"])
    .filter((field): field is [string, string] => typeof field[1] === "string")
    .map(([, url]) => Number(new URL(url).searchParams.get("expires")));

describe("the traces", () => {
  it("are all of the folder's files, under their own names", () => {
    const files = readdirSync(new URL("../../traces", import.meta.url)).toSorted();
    expect(TRACES.map(({ name }) => `${name}.json`).toSorted()).toEqual(files);
  });

  it("never share the id of an object", () => {
    const owners = new Map<string, string>();
    for (const trace of TRACES) {
      for (const { type, id } of resources(trace)) {
        expect(owners.get(`${type} ${id}`) ?? trace.name, `${type} ${id}`).toBe(trace.name);
        owners.set(`${type} ${id}`, trace.name);
      }
    }
  });

  it("give every event an id of its own, but those of 2023 none", () => {
    const ids = TRACES.flatMap(({ events }) => events.map(({ body }) => body.meta.webhook_id));
    const known = ids.filter((id) => id !== undefined);
    expect(new Set(known).size).toBe(known.length);
    const old = TRACES.filter(({ events }) =>
      events.some((one) => !("webhook_id" in one.body.meta)),
    );
    expect(old.map(({ name }) => name)).toEqual(["shape-of-2023"]);
  });

  it("tell every documented kind of event", () => {
    const told = new Set(TRACES.flatMap(({ events }) => events.map((event) => event.event_name)));
    const subscription = "created updated cancelled resumed expired paused unpaused".split(" ");
    const payment = "success failed recovered refunded".split(" ");
    expect([...told]).toEqual(
      expect.arrayContaining([
        "order_created",
        "order_refunded",
        "license_key_created",
        "license_key_updated",
        "affiliate_activated",
        ...subscription.map((what) => `subscription_${what}`),
        ...payment.map((what) => `subscription_payment_${what}`),
      ]),
    );
  });
});

describe.each(cases)("trace %s", (name, trace) => {
  const links = name === "shape-of-2023" ? [6 * HOUR_S, 24 * HOUR_S] : [6 * HOUR_S];

  it("has at most six events, whose names the bodies repeat", () => {
    expect(trace.events.length).toBeGreaterThan(0);
    expect(trace.events.length).toBeLessThanOrEqual(6);
    for (const { event_name, body } of trace.events) expect(body.meta.event_name).toBe(event_name);
  });

  it("writes ids as text outside and as numbers inside the attributes", () => {
    for (const { id, attributes } of resources(trace)) {
      expect(id).toMatch(/^\d{7}$/);
      const inner = fields(attributes).filter(([field]) => /(?:^|_)id$/.test(field));
      expect(inner.filter(([, value]) => typeof value !== "number")).toEqual([]);
    }
  });

  it("tells time in whole seconds with PHP's six digits", () => {
    for (const { attributes } of resources(trace)) {
      for (const [field, value] of fields(attributes)) {
        if (!/_(?:at|starts|ends)$/.test(field) || value === null) continue;
        expect([field, value]).toEqual([field, expect.stringMatching(/T\d\d:\d\d:\d\d\.0{6}Z$/)]);
      }
    }
  });

  it("signs links for six hours from the moment the event was made", () => {
    for (const { at, body } of trace.events) {
      const made = Date.parse(at) / 1_000;
      for (const expires of expiries(body.data)) expect(links).toContain(expires - made);
    }
  });

  it("makes no event before what it tells has happened", () => {
    for (const { at, body } of trace.events) {
      const updated = Date.parse(String(body.data.attributes["updated_at"]));
      expect(updated).toBeLessThanOrEqual(Date.parse(at));
    }
  });

  it("ends, for each object, in the state of the latest event unless only the API can tell", () => {
    const stamp = ({ body: { data } }: TraceEvent) => [
      String(data.attributes["updated_at"]),
      JSON.stringify(data.attributes["first_subscription_item"] ?? "").slice(-40),
    ];
    if (trace.undecidable === true) return;
    for (const object of Object.values(trace.final).flat()) {
      const told = trace.events.filter(
        ({ body: { data } }) => data.type === object.type && data.id === object.id,
      );
      const latest = told.toSorted((a, b) => (String(stamp(a)) < String(stamp(b)) ? -1 : 1)).at(-1);
      const { urls: _told, ...state } = latest?.body.data.attributes ?? {};
      const { urls: _final, ...wanted } = object.attributes;
      expect(state).toEqual(wanted);
    }
  });

  it("becomes the provider's bytes, signed, with the reference in place", () => {
    for (const { body, headers, eventName } of deliveriesOf(trace, RETELLING)) {
      const parsed = JSON.parse(body) as TraceEvent["body"];
      expect(body).toBe(phpJson(parsed));
      expect(body).toMatch(/^[\x20-\x7e]+$/);
      expect(body).not.toMatch(/[^\\]\//);
      expect(headers).toMatchObject({
        "X-Event-Name": eventName,
        "X-Signature": sign(SECRET, body),
      });
      expect(parsed.meta.custom_data ?? { ref: RETELLING.ref }).toEqual({ ref: RETELLING.ref });
    }
  });

  it("is told of another buyer with ids of their own and nothing else changed", () => {
    const first = deliveriesOf(trace, RETELLING);
    const second = deliveriesOf(trace, { ...RETELLING, copy: 7, storeId: "77" });
    for (const [index, { body }] of second.entries()) {
      const original = JSON.parse(first[index]?.body ?? "") as TraceEvent["body"];
      const copied = JSON.parse(body) as TraceEvent["body"];
      expect(Number(copied.data.id)).toBe(Number(original.data.id) + 700);
      expect(copied.data.links.self).toContain(copied.data.id);
      const { webhook_id: id } = copied.meta;
      expect(id === undefined || id !== original.meta.webhook_id).toBe(true);
      for (const field of ["status", "updated_at", "total"]) {
        expect(copied.data.attributes[field]).toEqual(original.data.attributes[field]);
      }
      expect(copied.data.attributes["store_id"]).toBe(77);
    }
    const final = Object.values(finalOf(trace, { copy: 7, storeId: "77" })).flat();
    const ids = Object.values(trace.final).flat();
    expect(final.map(({ id }) => Number(id) - 700)).toEqual(ids.map(({ id }) => Number(id)));
  });
});

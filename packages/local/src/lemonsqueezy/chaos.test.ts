import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { sign } from "./signature.ts";
import { SECRET, startTestEmulator, type TestEmulator } from "./test-emulator.ts";

interface Shown {
  id: string;
  eventName: string;
  state: string;
  acknowledged: boolean;
  attempts: { outcome: unknown; answered: number | null; resent?: true }[];
}
interface Journal {
  deliveries: number;
  states: Record<string, number>;
  acknowledged: number;
  attempts: number;
  answers: Record<string, number>;
}

let status = 200;
let emulator: TestEmulator;
beforeEach(async () => {
  status = 200;
  emulator = await startTestEmulator(() => status);
});
afterEach(() => emulator.stop());

const chaos = (wish: Record<string, unknown>) => emulator.post("/emulator/chaos", wish);
const read = async <T>(path: string): Promise<T> => (await (await emulator.call(path)).json()) as T;
const journal = () => read<Journal>("/emulator/journal");
const deliveries = () => read<Shown[]>("/emulator/deliveries?after=0");
const settled = () =>
  vi.waitFor(async () => expect((await journal()).states["pending"] ?? 0).toBe(0), {
    timeout: 20_000,
  });
const bulk = (purchases: number) =>
  emulator.post("/emulator/bulk", { purchases, perSecond: 5_000 });

describe("chaos", () => {
  it("loses a share of the events for good, the same ones for the same seed", async () => {
    const lost = async () => {
      await chaos({ drop: 0.3, seed: 7 });
      await bulk(20);
      await settled();
      const dropped = (await deliveries()).filter(({ state }) => state === "dropped");
      expect(dropped.flatMap(({ attempts }) => attempts)).toEqual(
        dropped.map(() => expect.objectContaining({ outcome: "lost by chaos" }) as unknown),
      );
      return dropped.map(({ id }) => id);
    };
    const first = await lost();
    expect(first.length).toBeGreaterThan(10);
    expect(first.length).toBeLessThan(40);
    expect(emulator.receiver.received).toHaveLength(80 - first.length);
    const other = await startTestEmulator();
    const before = emulator;
    emulator = other;
    expect(await lost()).toEqual(first);
    emulator = before;
    await other.stop();
  });

  it("loses everything about some purchases, first to last", async () => {
    await chaos({ dropWhole: 0.5, seed: 3 });
    await emulator.post("/emulator/bulk", { purchases: 20, perSecond: 5_000, actions: ["cancel"] });
    await settled();
    const told = Map.groupBy(
      emulator.receiver.received.filter(({ event }) => event.data.type === "subscriptions"),
      ({ event }) => event.data.id,
    );
    expect(told.size).toBeGreaterThan(2);
    expect(told.size).toBeLessThan(18);
    // Created and the update after it, cancelled and the update that goes with it.
    expect([...told.values()].map(({ length }) => length)).toEqual(Array(told.size).fill(4));
    // Order and invoice are told of the same purchases.
    expect(emulator.receiver.received).toHaveLength(told.size * 6);
  });

  it("repeats what was delivered as often as it says", async () => {
    await chaos({ repeat: 1, times: 3 });
    await emulator.buy();
    await settled();
    expect(emulator.receiver.received).toHaveLength(16);
    const ids = emulator.receiver.received.map(({ event }) => event.meta.webhook_id);
    expect(new Set(ids).size).toBe(4);
  });

  it("lets events overtake each other and come late", async () => {
    await chaos({ reorder: 0.5, delay: 20, seed: 1 });
    await bulk(5);
    await settled();
    const sent = (await deliveries()).map(({ eventName }) => eventName);
    expect(emulator.receiver.names().toSorted()).toEqual(sent.toSorted());
    expect(emulator.receiver.names()).not.toEqual(sent);
  });

  it("believes 200 where there was an error, and tells the two apart", async () => {
    await chaos({ status: 200 });
    status = 503;
    await emulator.buy();
    await settled();
    expect(emulator.receiver.received).toHaveLength(4);
    expect(await journal()).toMatchObject({
      states: { delivered: 4 },
      acknowledged: 0,
      answers: { 503: 4 },
    });
  });

  it("believes an error where there was a 200, and so sends again", async () => {
    await chaos({ status: 500 });
    await emulator.buy();
    await settled();
    expect(await journal()).toMatchObject({
      states: { dropped: 4 },
      acknowledged: 4,
      attempts: 16,
      answers: { 200: 16 },
    });
  });

  it("signs with another secret", async () => {
    await chaos({ wrongSecret: 1 });
    await emulator.buy();
    await settled();
    const [first] = emulator.receiver.received;
    const signature = first?.headers["x-signature"];
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(signature).not.toBe(sign(SECRET, first?.body ?? ""));
  });

  it("survives a restart and ends on demand", async () => {
    await chaos({ drop: 1 });
    await emulator.restart();
    await emulator.buy();
    expect((await journal()).states).toEqual({ dropped: 4 });
    await emulator.call("/emulator/chaos", { method: "DELETE" });
    expect(await read("/emulator/chaos")).toMatchObject({ drop: 0, seed: null });
  });

  it.each([[{ drop: 2 }], [{ rain: 1 }], [{ status: 42 }], [{ times: 0 }], [{ seed: -1 }], [[]]])(
    "refuses %j with 422",
    async (wish) => {
      expect((await emulator.post("/emulator/chaos", wish)).status).toBe(422);
    },
  );
});

describe("the journal of deliveries", () => {
  it("pages forward and picks by state", async () => {
    await bulk(3);
    await settled();
    const first = await read<Shown[]>("/emulator/deliveries?after=0&limit=5");
    expect(first.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5"]);
    const rest = await read<Shown[]>("/emulator/deliveries?after=5");
    expect(rest.map(({ id }) => id)).toEqual(["6", "7", "8", "9", "10", "11", "12"]);
    expect(await read("/emulator/deliveries?state=dropped")).toEqual([]);
    expect(await read("/emulator/deliveries/3")).toMatchObject({
      acknowledged: true,
      body: expect.stringContaining('"meta":{') as unknown,
    });
    expect((await emulator.call("/emulator/deliveries/99")).status).toBe(404);
  });

  it("sends one again by hand, many times at once, with the same bytes and id", async () => {
    await chaos({ drop: 1 });
    await emulator.buy();
    await emulator.call("/emulator/chaos", { method: "DELETE" });
    const sent = await emulator.post("/emulator/deliveries/1/resend", { times: 50 });
    expect(await sent.json()).toMatchObject({ state: "delivered", acknowledged: true });
    const { received } = emulator.receiver;
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(received).toHaveLength(50);
    const [shown] = await deliveries();
    expect(shown?.attempts.filter(({ resent }) => resent === true)).toHaveLength(50);
    expect((await emulator.post("/emulator/deliveries/99/resend")).status).toBe(404);
  });

  it("loses no delivery while a hundred a second are answered with errors", async () => {
    status = 503;
    await emulator.post("/emulator/bulk", { purchases: 50, perSecond: 400 });
    await vi.waitFor(() => expect(emulator.receiver.received.length).toBeGreaterThan(100), {
      timeout: 20_000,
    });
    status = 200;
    await settled();
    const { states, deliveries: all } = await journal();
    expect((states["delivered"] ?? 0) + (states["dropped"] ?? 0)).toBe(all);
    expect(all).toBe(200);
  });
});

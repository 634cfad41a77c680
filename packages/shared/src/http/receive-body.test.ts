import { describe, expect, it, vi } from "vitest";

import { utf8 } from "../bytes.ts";
import { arrivalOf, arrivedAs, type Arrival } from "./arrival.ts";
import { Failure } from "./problem.ts";
import { receiveBody } from "./receive-body.ts";

const post = (body: BodyInit): Arrival =>
  arrivalOf(
    new Request("https://a.test/", { method: "POST", body, duplex: "half" } as RequestInit),
  );
const codeOf = async (work: ReturnType<typeof receiveBody>): Promise<string | undefined> => {
  const received = await work;
  return received instanceof Failure ? received.code : undefined;
};

describe("a body at the door", () => {
  it("arrives as it was sent, up to the limit", async () => {
    expect(await receiveBody(post("moon"))).toEqual(new TextEncoder().encode("moon"));
    expect(await codeOf(receiveBody(post("moons"), 4))).toBe("payload_too_large");
  });

  it("that came across a binding is here already, up to the same limit", async () => {
    const body = utf8("moons");
    const arrival = arrivedAs({ method: "POST", url: "https://a.test/", headers: {} }, body);
    expect(await receiveBody(arrival)).toEqual(body);
    expect(await codeOf(receiveBody(arrival, 4))).toBe("payload_too_large");
  });

  it("is not waited for without end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { promise: asked, resolve } = Promise.withResolvers<void>();
      const half = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array(1)),
        pull: () => {
          resolve();
          return new Promise(() => {});
        },
      });
      const code = codeOf(receiveBody(post(half)));
      await asked;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await code).toBe("unavailable");
    } finally {
      vi.useRealTimers();
    }
  });

  it("is refused like that when its sender hangs up", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("Network connection lost.")),
    });
    expect(await codeOf(receiveBody(post(broken)))).toBe("unavailable");
  });
});

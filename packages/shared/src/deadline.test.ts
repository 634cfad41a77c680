import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { within, withinRequest } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<string>(() => {});

describe("work within a deadline", () => {
  it("gives its own outcome when it is in time", async () => {
    expect(await within(10, Promise.resolve("done"), () => "late")).toBe("done");
    await expect(within(10, Promise.reject(new Error("no")), () => "late")).rejects.toThrow("no");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives the late outcome at the deadline, not before", async () => {
    const settled = vi.fn<(outcome: string) => void>();
    const work = within(10, never(), () => "late").then(settled);
    await vi.advanceTimersByTimeAsync(9);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await work;
    expect(settled).toHaveBeenCalledWith("late");
  });

  it("fails when being late is a failure", async () => {
    const fail = (): string => {
      throw new Error("too late");
    };
    const work = within(10, never(), fail).catch(String);
    await vi.advanceTimersByTimeAsync(10);
    expect(await work).toBe("Error: too late");
  });

  it("leaves no timer behind, and no rejection when the work fails after all", async () => {
    const { promise, reject } = Promise.withResolvers<string>();
    const work = within(10, promise, () => "late");
    await vi.advanceTimersByTimeAsync(10);
    reject(new Error("after all"));
    expect([await work, vi.getTimerCount()]).toEqual(["late", 0]);
  });
});

describe("work within a deadline of its request", () => {
  it("ends late, or as it does by itself", async () => {
    const late = withinRequest(10, never(), () => "late");
    await vi.advanceTimersByTimeAsync(10);
    expect(await late).toBe("late");
    expect(await withinRequest(10, Promise.resolve("done"), () => "late")).toBe("done");
    await expect(withinRequest(10, Promise.reject(new Error("no")), () => "late")).rejects.toThrow(
      "no",
    );
  });

  it("is not called late once it has ended, although the timer stays", async () => {
    const late = vi.fn<() => string>(() => "late");
    await withinRequest(10, Promise.resolve("done"), late);
    await withinRequest(10, Promise.reject(new Error("no")), late).catch(String);
    await vi.advanceTimersByTimeAsync(10);
    expect(late).not.toHaveBeenCalled();
  });
});

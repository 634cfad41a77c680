import { describe, expect, it } from "vitest";

import { NEVER_ARMED, rememberArmed } from "./armed.ts";

const START = 1_000_000;

const sweeperThat = (answers: () => Promise<void> = async () => undefined) => {
  let calls = 0;
  let now = START;
  const sweeper = {
    arm: () => {
      calls += 1;
      return answers();
    },
  };
  return {
    armed: rememberArmed(sweeper, { ...NEVER_ARMED }, () => now),
    calls: () => calls,
    at: (ms: number) => {
      now = START + ms;
    },
  };
};

describe("an armed sweeper", () => {
  it("is asked once in five seconds, however many deliveries come", async () => {
    const { armed, calls, at } = sweeperThat();
    for (let ms = 0; ms < 5_000; ms += 10) {
      at(ms);
      await armed.arm();
    }
    expect(calls()).toBe(1);
    at(5_000);
    await armed.arm();
    expect(calls()).toBe(2);
  });

  it("is asked by every delivery until it has said yes", async () => {
    let away = true;
    const { armed, calls } = sweeperThat(async () => {
      if (away) throw new Error("away");
    });
    await expect(armed.arm()).rejects.toThrow("away");
    await expect(armed.arm()).rejects.toThrow("away");
    away = false;
    await armed.arm();
    expect(calls()).toBe(3);
  });

  it("is asked again after the clock was set back", async () => {
    const { armed, calls, at } = sweeperThat();
    await armed.arm();
    at(-60_000);
    await armed.arm();
    expect(calls()).toBe(2);
  });
});

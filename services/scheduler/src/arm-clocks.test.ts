import { describe, expect, it } from "vitest";

import { armClocks } from "./arm-clocks.ts";
import { JOB_NAMES } from "./jobs.ts";

const START = Date.UTC(2030, 0, 1);

const clocksThat = (arm: () => Promise<void>) => {
  const armed: string[] = [];
  return {
    armed,
    getByName: (name: string) => ({
      arm: () => {
        armed.push(name);
        return arm();
      },
    }),
  };
};

describe("arming the clocks", () => {
  it("asks each of them once a minute, however often it is called", async () => {
    const clocks = clocksThat(() => Promise.resolve());
    await armClocks(clocks, START);
    await armClocks(clocks, START + 59_999);
    expect(clocks.armed).toEqual(JOB_NAMES);
    await armClocks(clocks, START + 60_000);
    expect(clocks.armed).toHaveLength(2 * JOB_NAMES.length);
  });

  it("tries again at once after a failure", async () => {
    const clocks = clocksThat(() => Promise.reject(new Error("no object")));
    await expect(armClocks(clocks, START)).rejects.toThrow("no object");
    await expect(armClocks(clocks, START + 1)).rejects.toThrow("no object");
    expect(clocks.armed).toHaveLength(2 * JOB_NAMES.length);
  });
});

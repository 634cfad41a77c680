import { startTestEmulator, type TestEmulator } from "@luna/local/lemonsqueezy/test-emulator";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { addLemonCommands } from "./lemon-commands.ts";

/** What a command of `luna lemon` prints, and with which code it ends. */
const run = async (...args: string[]): Promise<{ code: number; text: string }> => {
  const lines: string[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(line);
  });
  let code = -1;
  const program = new Command("luna");
  addLemonCommands(program, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(["lemon", ...args], { from: "user" });
  } finally {
    print.mockRestore();
  }
  return { code, text: lines.join("\n") };
};

describe("luna lemon", () => {
  let emulator: TestEmulator;
  let subscription: string;
  beforeAll(async () => {
    emulator = await startTestEmulator();
    vi.stubEnv("LEMON_PORT", new URL((await emulator.call("/emulator/chaos")).url).port);
    await emulator.checkout({ email: "ada@luna.test" });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  const json = async (...args: string[]): Promise<unknown> => {
    const { code, text } = await run(...args, "--json");
    expect(code).toBe(0);
    return JSON.parse(text);
  };

  it("prints whatever the emulator answers for a program", async () => {
    const paid = (await json("pay", "--email", "ada@luna.test")) as { subscriptionId: string };
    subscription = paid.subscriptionId;
    expect(await json("cancel", "--subscription", subscription)).toMatchObject({
      id: subscription,
      attributes: { status: "cancelled" },
    });
    expect(await json("deliveries", "--limit", "2")).toHaveLength(2);
    expect(await json("bulk", "--purchases", "2", "--per-second", "1000")).toMatchObject({
      purchases: 2,
    });
    expect(await json("trace")).toContainEqual(expect.objectContaining({ name: "license-key" }));
    expect(await json("chaos", "--drop", "0.5")).toMatchObject({ drop: 0.5 });
    expect(await json("chaos")).toMatchObject({ drop: 0.5 });
    expect(await json("chaos", "--calm")).toMatchObject({ drop: 0 });
    expect(await json("fault", "503")).toMatchObject({ mode: "503" });
    expect(await json("fault", "none")).toMatchObject({ mode: "none" });
    expect(await json("limit", "300")).toMatchObject({ callsPerMinute: 300 });
    expect(await json("journal")).toHaveProperty("states");
    const [delivery] = (await json("deliveries")) as { id: string }[];
    expect(await json("resend", delivery?.id ?? "")).toMatchObject({ id: delivery?.id });
  });

  it("prints it in words for people", async () => {
    const { code, text } = await run("resume", "--subscription", subscription);
    expect([code, text]).toEqual([0, expect.stringContaining(`subscription ${subscription}: Pro`)]);
  });
});

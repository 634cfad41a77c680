import { spawn, type ChildProcess } from "node:child_process";

import { afterEach, expect, it } from "vitest";

import { aimAt, groupsOf } from "./runtime.ts";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

const sleeper = (): ChildProcess => {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  started.push(child);
  return child;
};

const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((done) => {
    child.once("exit", (_code, signal) => done(signal));
  });

it("a blow hits what was aimed at, and once only", async () => {
  const child = sleeper();
  const strike = aimAt([child.pid ?? 0]);
  const end = ended(child);
  expect(strike()).toBe(1);
  expect(await end).toBe("SIGKILL");
  expect(strike()).toBe(0);
});

it("a blow at groups hits what started in them", async () => {
  const child = sleeper();
  const groups = groupsOf(child.pid ?? 0);
  expect(groups).toEqual([child.pid]);
  const end = ended(child);
  expect(aimAt(groups.map((group) => -group))()).toBe(1);
  expect(await end).toBe("SIGKILL");
});

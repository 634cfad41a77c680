import { expect, it } from "vitest";

import { createRun } from "./run.ts";

const draws = (seed: number, part: string): number[] => {
  const random = createRun({ seed, quick: true, say: () => undefined }).random(part);
  return [random(), random(), random()];
};

it("the same seed gives the same draws, another seed or part others", () => {
  expect(draws(7, "kills")).toEqual(draws(7, "kills"));
  expect(draws(7, "kills")).not.toEqual(draws(8, "kills"));
  expect(draws(7, "kills")).not.toEqual(draws(7, "weather"));
});

it("everything is ended, the newest first, even if one of them fails", async () => {
  const ended: string[] = [];
  const run = createRun({ seed: 1, quick: true, say: (line) => void ended.push(line.trim()) });
  run.atEnd(() => ended.push("mesh"));
  run.atEnd(() => Promise.reject(new Error("gone")));
  run.atEnd(() => ended.push("sink"));
  await run.end();
  expect(ended).toEqual(["sink", "not ended: Error: gone", "mesh"]);
});

import { expect, it } from "vitest";

import { chosenOf, partsOf, unknownIn } from "./choose.ts";
import { SECTIONS } from "./sections.ts";

const idsOf = (only: string): string[] => chosenOf(SECTIONS, only).flatMap(({ ids }) => ids);

it("nothing named means everything", () => {
  expect(chosenOf(SECTIONS, "")).toEqual(SECTIONS);
});

it("a subject, the beginning of an id, and several of them choose parts as a whole", () => {
  expect(chosenOf(SECTIONS, "mail").every(({ subject }) => subject === "mail")).toBe(true);
  expect(idsOf("order")).toContain("order.diverged");
  expect(idsOf("rebuild,order.diverged")).toEqual([
    "rebuild.diff",
    "order.diverged",
    "order.control_caught",
  ]);
});

it("a name of nothing is told", () => {
  expect(unknownIn(SECTIONS, "order,ordre")).toEqual(["ordre"]);
});

it("help has a line for every figure", () => {
  expect(partsOf(SECTIONS)).toHaveLength(SECTIONS.flatMap(({ ids }) => ids).length);
});

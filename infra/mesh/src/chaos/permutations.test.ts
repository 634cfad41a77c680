import { expect, it } from "vitest";

import { permutations, someOf } from "./permutations.ts";

it("every order of four comes once, the given one first", () => {
  const all = permutations(["a", "b", "c", "d"]);
  expect(all[0]).toEqual(["a", "b", "c", "d"]);
  expect(new Set(all.map((order) => order.join(""))).size).toBe(24);
  expect(all).toHaveLength(24);
});

it("a draw keeps the given order and repeats none", () => {
  const drawn = someOf(permutations([1, 2, 3, 4]), 5, () => 0.5).map((order) => order.join(""));
  expect(drawn[0]).toBe("1234");
  expect(new Set(drawn).size).toBe(5);
});

it("a draw of more than there are takes all", () => {
  expect(someOf(permutations([1, 2]), 9, () => 0)).toHaveLength(2);
});

import { expect, it } from "vitest";

import { workedOff } from "./worked-off.ts";

it("waits as long as something is done, and gives up when nothing is", async () => {
  let left = 3;
  expect(await workedOff(() => left--, 60_000)).toBe(true);
  expect(await workedOff(() => 5, 0)).toBe(false);
  expect(await workedOff(() => 0, 0)).toBe(true);
});

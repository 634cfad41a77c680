import { expect, it } from "vitest";

import { promisesHold, table } from "./report.ts";
import { SECTIONS } from "./sections.ts";
import { figure } from "./targets.ts";

const ALL = SECTIONS.flatMap(({ ids }) => ids);

it("every figure of every part has a target and a line of at most 80 columns", () => {
  for (const line of table(ALL.map((id) => figure(id, 123_456, false))))
    expect(line.length).toBeLessThanOrEqual(80);
});

it("a lost mail breaks the run, a slow machine does not", () => {
  expect(promisesHold([figure("mail.per_s", 3, false)])).toBe(true);
  expect(promisesHold([figure("mail.lost", 0, false)])).toBe(true);
  expect(promisesHold([figure("mail.lost", 1, false)])).toBe(false);
});

it("what could not be measured breaks the run", () => {
  expect(promisesHold([figure("webhook.acked_lost", Number.NaN, false)])).toBe(false);
});

it("a quick run may kill less often, and must not lose more", () => {
  expect(figure("webhook.kills", 3, true).holds).toBe(true);
  expect(figure("webhook.kills", 3, false).holds).toBe(false);
  expect(figure("webhook.acked_lost", 1, true).holds).toBe(false);
});

import { expect, it } from "vitest";

import { parseProcesses } from "./processes.ts";

it("lists the living and leaves out zombies, which a container may keep for ever", () => {
  const text = [
    "   4394    4394 Z    Sat Nov 21 03:25:50 2026 [node] <defunct>",
    "   4400    4394 Sl+  Sat Nov  1 03:25:51 2026 node infra/luna/src/main.ts dev",
  ].join("\n");
  expect(parseProcesses(text)).toEqual([
    {
      pid: 4400,
      group: 4394,
      started: "Sat Nov  1 03:25:51 2026",
      command: "node infra/luna/src/main.ts dev",
    },
  ]);
});

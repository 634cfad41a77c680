import { expect, it } from "vitest";

import { smallHeaps } from "./wrangler-command.ts";

const FLAGS = "MINIFLARE_WORKERD_V8_FLAGS";

it("local heaps are small, unless whoever starts them says otherwise", () => {
  expect(smallHeaps({})[FLAGS]).toContain("--optimize-for-size");
  expect(smallHeaps({ [FLAGS]: "--trace-gc" })[FLAGS]).toBe("--trace-gc");
});

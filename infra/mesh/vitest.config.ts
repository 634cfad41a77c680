import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // Every file starts a whole mesh: two at once fit on two cores, more starve each other.
    maxWorkers: 2,
    // A start takes half a minute where others work too, and some tests need several.
    hookTimeout: 240_000,
    testTimeout: 240_000,
  },
});

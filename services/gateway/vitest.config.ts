import { defineConfig } from "vitest/config";

// A busy machine is slow, and nothing here measures time.
export default defineConfig({
  test: { include: ["src/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});

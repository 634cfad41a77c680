import { defineConfig } from "vitest/config";

/** Tests start real processes and real databases, on machines that are busy with other tests. */
const TIMEOUT_MS = 60_000;

export default defineConfig({
  test: { include: ["src/**/*.test.ts"], testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS },
});

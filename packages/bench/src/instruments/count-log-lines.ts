import { tally } from "./tally.ts";

type Print = (...parts: unknown[]) => void;

/** Log lines are billed too. They still go where they went, because writing them takes time. */
export const countLogLines = (): void => {
  const global = globalThis as unknown as { console: { log: Print } };
  const { log } = global.console;
  global.console.log = (...parts) => {
    tally.logLines += 1;
    log(...parts);
  };
};

/** Tests over all packages. */
export interface Tally {
  passed: number;
  failed: number;
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** vitest closes each run with `Tests  1 failed | 3 passed (4)`; turbo puts the task before it. */
const SUMMARY = /(?:^|:test:)\s+Tests\s{2}(.+)$/;
const FAILED_FILES = /(?:^|:test:)\s+Test Files\s{2}(\d+) failed/;
/** vitest tells of its failures between a ruler that says so and the summary of the files. */
const FAILURES_BEGIN = /⎯ (?:Failed|Unhandled|Uncaught)/;
const FAILURES_END = /(?:^|:test:)\s+Test Files\s{2}/;
/** Two packages may print in turns, so a task's failures are kept by the name turbo puts before. */
const TASK = /^[^\s:]+:test:/;

const count = (text: string, word: string): number =>
  Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);

/** Adds up the vitest summaries of an output given line by line. */
export const createTally = () => {
  let passed = 0;
  let failed = 0;
  let failedFiles = 0;
  const failing = new Set<string>();
  const failures: string[] = [];
  const keepFailure = (line: string): void => {
    const task = TASK.exec(line)?.[0] ?? "";
    if (FAILURES_BEGIN.test(line)) failing.add(task);
    if (FAILURES_END.test(line)) failing.delete(task);
    if (failing.has(task)) failures.push(line);
  };
  return {
    read: (coloured: string): void => {
      const line = coloured.replaceAll(COLOUR, "");
      keepFailure(line);
      failedFiles += Number(FAILED_FILES.exec(line)?.[1] ?? 0);
      const summary = SUMMARY.exec(line)?.[1];
      if (summary === undefined) return;
      passed += count(summary, "passed");
      failed += count(summary, "failed");
    },
    /** What vitest told of each failure, to be read again after a long output. */
    failures: (): readonly string[] => failures,
    /** A run that failed without a failed test (a file that did not load, a build) counts as one. */
    total: (exitCode: number): Tally => {
      const silent = exitCode === 0 ? 0 : 1;
      return { passed, failed: Math.max(failed, failedFiles, silent) };
    },
  };
};

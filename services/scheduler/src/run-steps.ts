import type { TaskReport, TaskRunner } from "@luna/shared/rpc/tasks";
import type { Trace } from "@luna/shared/trace";

import type { Job, ServiceName, Step } from "./jobs.ts";

export type Runners = Readonly<Record<ServiceName, TaskRunner>>;

/** What the steps did, and what kept the others from it (`null`: nothing). */
export interface Steps {
  reports: Partial<Record<ServiceName, TaskReport>>;
  error: string | null;
}

/** Longer texts belong into the log of the service that failed. */
const MAX_ERROR_CHARACTERS = 500;

class Timeout extends Error {}

const withTimeout = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: number | null = null;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Timeout(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const runStep = async (
  runner: TaskRunner,
  { task }: Step,
  timeoutMs: number,
  trace: Trace,
): Promise<{ report: TaskReport | null; failure: string }> => {
  try {
    const result = await withTimeout(runner.run(task, trace), timeoutMs);
    if (result.ok) return { report: result.value, failure: "" };
    return { report: null, failure: `${result.code} ${result.detail}`.trim() };
  } catch (error) {
    // A service that is down throws across the binding; to a job that is a failed step.
    return { report: null, failure: error instanceof Error ? error.message : "unreachable" };
  }
};

/** Runs all steps side by side; one that fails or hangs takes none of the others with it. */
export const runSteps = async (job: Job, runners: Runners, trace: Trace): Promise<Steps> => {
  const done = await Promise.all(
    job.steps.map(async (step) => ({
      step,
      ...(await runStep(runners[step.service], step, job.timeoutMs, trace)),
    })),
  );
  const failures = done.filter(({ report }) => report === null);
  return {
    reports: Object.fromEntries(
      done.flatMap(({ step, report }) => (report === null ? [] : [[step.service, report]])),
    ),
    error:
      failures.length === 0
        ? null
        : failures
            .map(({ step, failure }) => `${step.service} ${step.task}: ${failure}`)
            .join("; ")
            .slice(0, MAX_ERROR_CHARACTERS),
  };
};

import { bearer, eventually } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";

/** The scheduler's jobs that ask the provider by themselves, every quarter of an hour and every night. */
const JOBS = ["billing-reconcile-recent", "billing-reconcile"];
const OVER_LIMIT_MS = 120_000;

const tell = async (stage: BillingStage, what: "pause" | "resume"): Promise<void> => {
  const headers = bearer(await stage.admin());
  for (const job of JOBS) {
    const path = `/v1/admin/scheduled-tasks/${job}/${what}`;
    const { status } = await stage.fetch(path, { method: "POST", headers });
    if (status !== 200) throw new Error(`could not ${what} ${job}: ${status}`);
  }
};

const isQuiet = ({ billing }: BillingStage): Promise<boolean> => {
  const running = rows(billing, "SELECT id FROM reconcile_runs WHERE state = 'running'");
  return Promise.resolve(running.length === 0);
};

/**
 * Does `work` while the mesh compares nothing with the provider by itself. It would rightly find what is
 * taken from it here, and mend it from there before anybody has looked.
 */
export const withoutComparisons = async <T>(
  stage: BillingStage,
  work: () => Promise<T>,
): Promise<T> => {
  await tell(stage, "pause");
  try {
    await eventually("comparisons to end", () => isQuiet(stage), OVER_LIMIT_MS);
    return await work();
  } finally {
    await tell(stage, "resume");
  }
};

import { bearer, eventually, json } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import type { Purchase } from "./reconcile-purchase.ts";

/** A walk over a thousand subscriptions takes ten calls, and a slow machine its time. */
const RUN_LIMIT_MS = 600_000;

export interface Report {
  id: string;
  state: "running" | "done" | "failed";
  calls: number;
  drifts: { object: string; id: string; before: string | null; after: string; linked: boolean }[];
}

/** One comparison with the provider, waited for. */
export const reconcile = async (stage: BillingStage): Promise<Report> => {
  const headers = bearer(await stage.admin());
  const path = "/v1/admin/billing/reconcile";
  const begun = await json<Report>(stage.fetch(path, { method: "POST", headers }));
  return eventually(
    "the comparison to end",
    async () => {
      const report = await json<Report>(stage.fetch(`${path}/${begun.id}`, { headers }));
      return report.state === "running" ? null : report;
    },
    RUN_LIMIT_MS,
  );
};

/** Where the report says more or less than what differed. */
export const reportedWrong = (report: Report, purchases: readonly Purchase[]): string[] => {
  const differed = purchases.flatMap(({ known }) =>
    known.filter(({ heard, truth }) => heard !== truth).map(({ object, id }) => `${object} ${id}`),
  );
  const reported = report.drifts.map(({ object, id }) => `${object} ${id}`);
  return [
    ...differed.filter((one) => !reported.includes(one)).map((one) => `${one} is not reported`),
    ...reported.filter((one) => !differed.includes(one)).map((one) => `${one} did not differ`),
  ];
};

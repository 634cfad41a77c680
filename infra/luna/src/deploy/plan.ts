import { relative } from "node:path";

import { calleeFirst } from "../order.ts";
import { ROOT } from "../root.ts";
import { readServices, type Service } from "../service.ts";
import { Complaint } from "../settings.ts";
import { readBundle } from "./bundle.ts";
import { openGit, type Git } from "./git.ts";
import { reasonsFor, type Change } from "./reasons.ts";
import { labelOf, releaseOf, type Release } from "./release.ts";
import { affectedPackages, buildBundles } from "./turbo.ts";

export interface Planned extends Release {
  reasons: string[];
}

export interface Plan {
  /** Null when there is nothing to compare with: everything is new. */
  base: string | null;
  head: string;
  total: number;
  services: Planned[];
}

const planned = (service: Service, reasons: string[], git: Git, head: string): Planned => ({
  ...releaseOf(service, labelOf(head, git.subject(head)), ROOT),
  reasons,
});

const reasonsByService = (services: readonly Service[], base: string, git: Git, head: string) => {
  const affected = affectedPackages(ROOT, base, head);
  const candidates = services.filter(({ name }) => affected?.includes(name) ?? true);
  buildBundles(
    ROOT,
    candidates.map(({ name }) => name),
  );
  const change: Change = {
    files: git.changed(base, head),
    before: (path) => git.show(base, path),
    after: (path) => git.show(head, path),
  };
  return new Map(
    candidates.map(({ name, folder }) => [
      name,
      reasonsFor(relative(ROOT, folder), readBundle(folder, ROOT), change),
    ]),
  );
};

export interface PlanOptions {
  /** What is deployed now; the commit before HEAD if not given. */
  base?: string;
  /** Nothing is known about what is deployed: plan every service. */
  all?: boolean;
}

/** The services that the commits since `base` affect, callee before caller. Throws `Complaint`. */
export const makePlan = ({ base: revision, all: everything = false }: PlanOptions): Plan => {
  const git = openGit(ROOT);
  const services = calleeFirst(readServices(ROOT));
  const total = services.length;
  const head = git.commit("HEAD");
  if (head === null) throw new Complaint("There is no commit yet, so there is nothing to deploy.");
  const base = everything ? null : git.commit(revision ?? "HEAD~1");
  if (base === null && revision !== undefined && !everything)
    throw new Complaint(`git knows no commit ${revision}; in CI, fetch the whole history.`);
  if (base === null) {
    const all = services.map((service) =>
      planned(service, ["has not been deployed before"], git, head),
    );
    return { base, head, total, services: all };
  }
  const reasons = reasonsByService(services, base, git, head);
  const touched = services.flatMap((service) => {
    const why = reasons.get(service.name) ?? [];
    return why.length === 0 ? [] : [planned(service, why, git, head)];
  });
  return { base, head, total, services: touched };
};

import type { Plan } from "./plan.ts";
import { shellLine } from "./release.ts";

/** More reasons than this say no more. */
const SHOWN_REASONS = 6;

const short = (commit: string): string => commit.slice(0, 12);

/** The plan as a person reads it, each command ready to paste. */
export const planText = ({ base, head, total, services }: Plan): string => {
  const since = base === null ? "from the start" : `since ${short(base)}`;
  const lines = [`${short(head)} ${since}: ${services.length} of ${total} services are affected`];
  for (const [index, service] of services.entries()) {
    const { reasons, migrate, upload, deploy, triggers, rollback } = service;
    const commands = [migrate, upload, deploy, triggers].filter((argv) => argv !== null);
    const more = reasons.length - SHOWN_REASONS;
    lines.push(
      "",
      `${index + 1}. ${service.service}`,
      ...reasons.slice(0, SHOWN_REASONS).map((reason) => `   because: ${reason}`),
      ...(more > 0 ? [`   and ${more} more`] : []),
      ...commands.map((argv) => `   ${shellLine(argv)}`),
      `   undo: ${shellLine(rollback)}`,
    );
  }
  return lines.join("\n");
};

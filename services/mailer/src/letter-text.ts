import type { Letter, Phrases, Sender } from "./letter.ts";

/** The plain text part. Lines are not wrapped: readers do that better than we could. */
export const letterText = (
  { paragraphs, details = [], action, notes = [] }: Letter,
  layout: Phrases["layout"],
  { name, support }: Sender,
): string =>
  [
    ...paragraphs,
    details.map(([label, value]) => `${label}: ${value}`).join("\n"),
    action === undefined ? "" : `${action.label}:\n${action.url}`,
    ...notes,
    ["-- ", name, layout.footer(support)].filter((line) => line !== "").join("\n"),
  ]
    .filter((block) => block !== "")
    .join("\n\n") + "\n";

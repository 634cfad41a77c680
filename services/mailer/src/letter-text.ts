import type { Letter, Phrases } from "./letter.ts";

/** The plain text part. Lines are not wrapped: readers do that better than we could. */
export const letterText = (letter: Letter, layout: Phrases["layout"], support: string): string =>
  [
    ...letter.paragraphs,
    letter.details.map(([label, value]) => `${label}: ${value}`).join("\n"),
    letter.action === null ? "" : `${letter.action.label}:\n${letter.action.url}`,
    ...letter.notes,
    `-- \n${layout.footer(support)}`,
  ]
    .filter((block) => block !== "")
    .join("\n\n") + "\n";

import type { Section } from "./run.ts";

/** The sections that `--only` names, in the order in which they run: subjects, or what ids begin with. */
export const chosenOf = (sections: readonly Section[], only: string): Section[] => {
  const names = only.split(",").filter((name) => name !== "");
  return sections.filter(
    ({ subject, ids }) =>
      names.length === 0 ||
      names.some((name) => subject === name || ids.some((id) => id.startsWith(name))),
  );
};

/** Names that name nothing: probably a slip of the pen. */
export const unknownIn = (sections: readonly Section[], only: string): string[] =>
  only.split(",").filter((name) => name !== "" && chosenOf(sections, name).length === 0);

/** What can be asked for, within 80 columns: each line is one part, which is run as a whole. */
export const partsOf = (sections: readonly Section[]): string[] =>
  sections.flatMap(({ subject, ids }) =>
    ids.map((id, index) => `  ${(index === 0 ? subject : "").padEnd(8)} ${id}`),
  );

/** Every order of `items`, the given one first. */
export const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((first, index) =>
        permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
      );

/** The first of them and some others, drawn: each as likely as any other. */
export const someOf = <T>(all: readonly T[], count: number, random: () => number): T[] => {
  const [first, ...rest] = all;
  if (first === undefined || all.length <= count) return [...all];
  const drawn = rest
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count - 1);
  return [first, ...drawn.map(({ item }) => item)];
};

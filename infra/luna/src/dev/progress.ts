/** Runs one step of the start and prints a short line with what it did and how long it took. */
export const step = async <T>(
  title: string,
  work: () => Promise<T> | T,
  note: (value: T) => string = () => "",
): Promise<T> => {
  const begun = performance.now();
  const value = await work();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(5);
  const suffix = note(value);
  console.log(`  ${seconds} s  ${title}${suffix === "" ? "" : `: ${suffix}`}`);
  return value;
};

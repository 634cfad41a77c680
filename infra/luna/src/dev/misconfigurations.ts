/** A service's own words for what it lacks: `misconfigured` with the variable and the problem. */
const SAID = /^\[([a-z][a-z0-9-]*)\] (\{.*"message":"misconfigured".*\})$/;

interface Entry {
  message?: unknown;
  variable?: unknown;
  problem?: unknown;
}

const parse = (text: string): Entry => {
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return {};
  }
};

/** Gathers from the Workers' log which variables are wrong; services repeat it, people read it once. */
export const misconfigurations = () => {
  const services = new Map<string, Set<string>>();
  return {
    read: (line: string): void => {
      const [, service = "", text = ""] = SAID.exec(line) ?? [];
      if (text === "") return;
      const { message, variable, problem } = parse(text);
      if (message !== "misconfigured") return;
      const words = `${String(variable)} ${String(problem)}`;
      services.set(words, (services.get(words) ?? new Set()).add(service));
    },
    told: (): string[] =>
      [...services].map(([words, names]) => `${words} (${[...names].sort().join(", ")})`),
  };
};

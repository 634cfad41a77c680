/** What goes wrong on purpose, and how often: `rate` is the chance from 0 to 1. */
export interface Fault<Mode extends string> {
  mode: Mode;
  rate: number;
}

export interface FaultSwitch<Mode extends string> {
  current(): Fault<Mode>;
  set(fault: Fault<Mode>): void;
  /** Whether this mode goes wrong this time. */
  strikes(mode: Mode): boolean;
}

/** `random` returns a number from 0 up to but not 1. */
export const faultSwitch = <Mode extends string>(
  initial: Mode,
  random: () => number = Math.random,
): FaultSwitch<Mode> => {
  let fault: Fault<Mode> = { mode: initial, rate: 0 };
  return {
    current: () => fault,
    set: (next) => {
      fault = next;
    },
    strikes: (mode) => fault.mode === mode && random() < fault.rate,
  };
};

/** The fault a request body asks for, or what is wrong with it. `rate` left out means always. */
export const parseFault = <Mode extends string>(
  body: string,
  modes: readonly Mode[],
): Fault<Mode> | { problem: string } => {
  const input = parseObject(body);
  if (input === null) return { problem: "The body must be a JSON object." };
  const extra = Object.keys(input).find((key) => key !== "mode" && key !== "rate");
  if (extra !== undefined) return { problem: `"${extra}" is not a field; "mode" and "rate" are.` };
  const mode = modes.find((known) => known === input["mode"]);
  if (mode === undefined) return { problem: `"mode" must be one of ${modes.join(", ")}.` };
  const rate = input["rate"] ?? 1;
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) {
    return { problem: '"rate" must be a number from 0 to 1.' };
  }
  return { mode, rate };
};

/** The JSON object in `text`, or `null`. */
export const parseObject = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

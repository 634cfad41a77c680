import type { Figure } from "@luna/bench/figure";
import { seededRandom } from "@luna/bench/random";

type Subject = "billing" | "mail" | "usage";

/** One run of the whole script. */
export interface Run {
  seed: number;
  /** A run of two minutes: every part, few of each. */
  quick: boolean;
  /** A stream of draws for each part, so that one part's draws do not move another's. */
  random: (part: string) => () => number;
  say: (line: string) => void;
  /** What several parts use, by name; it begins with the first that asks. */
  shared: Map<string, Promise<unknown>>;
  /** Ends something at the end of the run, whatever happens; the newest first. */
  atEnd: (close: () => unknown) => void;
}

/** One part of a run: some figures and how they come about. */
export interface Section {
  ids: readonly string[];
  subject: Subject;
  /** Two lanes of a quick run go side by side; sections that share a mesh share a lane. */
  lane: "mesh" | "lone";
  run: (run: Run) => Promise<Figure[]>;
}

/** FNV-1a: names become numbers that differ. */
const hash = (text: string): number => {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum;
};

/** Long enough for wrangler to end politely; what then still lives is killed by whoever started it. */
const END_LIMIT_MS = 15_000;

export const createRun = (
  options: Pick<Run, "seed" | "quick" | "say">,
): Run & { end: () => Promise<void> } => {
  const closers: (() => unknown)[] = [];
  return {
    ...options,
    shared: new Map(),
    random: (part) => seededRandom(options.seed ^ hash(part)),
    atEnd: (close) => void closers.push(close),
    async end() {
      for (const close of closers.splice(0).toReversed())
        await Promise.race([
          Promise.resolve()
            .then(close)
            .catch((error: unknown) => options.say(`  not ended: ${String(error)}`)),
          new Promise((done) => {
            setTimeout(done, END_LIMIT_MS).unref();
          }),
        ]);
    },
  };
};
